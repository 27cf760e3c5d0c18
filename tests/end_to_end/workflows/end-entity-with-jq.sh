# W4: a certificate for an openssl CSR; jq takes the answers apart.
openssl req -new -newkey rsa:2048 -nodes -keyout x.key -out x.csr -subj "/CN=client/O=Example" 2> /dev/null
certificate=$(aws acm-pca issue-certificate --certificate-authority-arn "$ISSUING_CA_ARN" --csr fileb://x.csr \
    --signing-algorithm "SHA256WITHECDSA" --validity Value=1,Type="DAYS" | jq -r .CertificateArn)
aws acm-pca wait certificate-issued --certificate-authority-arn "$ISSUING_CA_ARN" --certificate-arn "$certificate"
fetch() {
    aws acm-pca get-certificate --certificate-authority-arn "$ISSUING_CA_ARN" --certificate-arn "$certificate"
}
fetch | jq -r .Certificate > cert.pem
fetch | jq -r '.Certificate + "\n" + .CertificateChain' > bundle.pem
fetch | jq -r '.Certificate,.CertificateChain' > lines.pem
cmp bundle.pem lines.pem
fetch | jq -r .CertificateChain > chain.pem
openssl verify -CAfile chain.pem cert.pem
[ "$(grep -c BEGIN bundle.pem)" = 3 ]
# Programs that build the option themselves pass the quotes on.
aws acm-pca issue-certificate --certificate-authority-arn "$ISSUING_CA_ARN" --csr fileb://x.csr \
    --signing-algorithm SHA256WITHECDSA --validity 'Value=1,Type="DAYS"' | jq -e .CertificateArn
