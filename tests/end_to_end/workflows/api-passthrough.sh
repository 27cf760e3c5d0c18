# W15: names and extensions given beside the CSR, as for Matter or mobile driving licences.
cat > cfg.txt <<'END'
{
    "Subject": {
        "CustomAttributes": [
            {"ObjectIdentifier": "2.5.4.3", "Value": "Example DAC"},
            {"ObjectIdentifier": "1.3.6.1.4.1.37244.2.1", "Value": "FFF1"}
        ]
    },
    "Extensions": {
        "KeyUsage": {"DigitalSignature": true},
        "CustomExtensions": [{"ObjectIdentifier": "2.5.29.37", "Value": "MAoGCCsGAQUFBwMC", "Critical": true}]
    }
}
END
arn=$(aws acm-pca issue-certificate --certificate-authority-arn "$ISSUING_CA_ARN" --csr fileb://www.example.com.csr \
    --api-passthrough file://cfg.txt --signing-algorithm SHA256WITHECDSA --validity Value=30,Type="DAYS" \
    --template-arn arn:aws:acm-pca:::template/BlankEndEntityCertificate_APIPassthrough/V1 \
    --query CertificateArn --output text)
aws acm-pca get-certificate --certificate-authority-arn "$ISSUING_CA_ARN" --certificate-arn "$arn" \
    --query Certificate --output text > dac.pem
openssl x509 -in dac.pem -noout -subject | grep -q '1.3.6.1.4.1.37244.2.1 = FFF1'
openssl x509 -in dac.pem -noout -text | grep -q 'X509v3 Extended Key Usage: critical'
ca=$(aws acm-pca create-certificate-authority --certificate-authority-type ROOT --certificate-authority-configuration \
    'KeyAlgorithm=EC_prime256v1,SigningAlgorithm=SHA256WITHECDSA,Subject={CommonName=Example PAA}' \
    --query CertificateAuthorityArn --output text)
aws acm-pca get-certificate-authority-csr --certificate-authority-arn "$ca" --output text > paa.csr
arn=$(aws acm-pca issue-certificate --certificate-authority-arn "$ca" --csr fileb://paa.csr \
    --api-passthrough 'Extensions={KeyUsage={KeyCertSign=true,CRLSign=true}}' \
    --template-arn arn:aws:acm-pca:::template/BlankRootCACertificate_PathLen0_APIPassthrough/V1 \
    --signing-algorithm SHA256WITHECDSA --validity Value=3285,Type="DAYS" --query CertificateArn --output text)
aws acm-pca get-certificate --certificate-authority-arn "$ca" --certificate-arn "$arn" --output text > paa.pem
openssl x509 -in paa.pem -noout -ext basicConstraints | grep -q 'pathlen:0'
aws acm-pca import-certificate-authority-certificate --certificate-authority-arn "$ca" --certificate fileb://paa.pem
