# W3: written for version 1 of the AWS CLI: tokens, tags, a file for the revocation configuration, a profile, raw blobs.
mkdir -p .aws
printf '[profile frontend]\nregion = us-east-1\ncli_binary_format = raw-in-base64-out\n' > .aws/config
export AWS_CONFIG_FILE="$PWD/.aws/config"
echo '{"CrlConfiguration": {"Enabled": true, "ExpirationInDays": 7, "S3BucketName": "mesh-crls"}}' > revoke_config.txt
echo '{"KeyAlgorithm": "EC_prime256v1", "SigningAlgorithm": "SHA256WITHECDSA", "Subject": {"CommonName": "Mesh"}}' \
    > ca_config.json
create() {
    aws acm-pca create-certificate-authority --profile frontend --certificate-authority-type ROOT \
        --certificate-authority-configuration file://ca_config.json \
        --revocation-configuration file://revoke_config.txt \
        --idempotency-token 98256344 --tags Key=Name,Value=MyAppMeshPCA | jq -r .CertificateAuthorityArn
}
ca=$(create)
[ "$(create)" = "$ca" ]
# The quotes and "\n" that jq leaves are turned back by hand.
aws acm-pca get-certificate-authority-csr --profile frontend --certificate-authority-arn "$ca" | jq '.Csr' \
    | awk '{gsub(/\\n/, "\n")} 1' | sed 's/"//g' > ca.csr
arn=$(aws acm-pca issue-certificate --profile frontend --certificate-authority-arn "$ca" --csr file://ca.csr \
    --template-arn arn:aws:acm-pca:::template/RootCACertificate/V1 --signing-algorithm SHA256WITHECDSA \
    --validity Value=3650,Type=DAYS --idempotency-token 98256344 | jq -r .CertificateArn)
aws acm-pca get-certificate --profile frontend --certificate-authority-arn "$ca" --certificate-arn "$arn" \
    | jq -r .Certificate > ca.pem
aws acm-pca import-certificate-authority-certificate --profile frontend --certificate-authority-arn "$ca" \
    --certificate file://ca.pem
[ "$(aws acm-pca list-tags --profile frontend --certificate-authority-arn "$ca" --query 'Tags[0].Value' \
    --output text)" = MyAppMeshPCA ]
