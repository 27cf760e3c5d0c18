# W9: a subordinate CA, signed by Private CA and, another, by openssl.
create() {
    aws acm-pca create-certificate-authority --certificate-authority-type SUBORDINATE \
        --certificate-authority-configuration \
        "KeyAlgorithm=EC_prime256v1,SigningAlgorithm=SHA256WITHECDSA,Subject={CommonName=$1}" \
        --query CertificateAuthorityArn --output text
}
status() {
    aws acm-pca describe-certificate-authority --certificate-authority-arn "$1" \
        --query CertificateAuthority.Status --output text
}
inner=$(create Inner)
aws acm-pca get-certificate-authority-csr --certificate-authority-arn "$inner" --output text > inner.csr
certificate=$(aws acm-pca issue-certificate --certificate-authority-arn "$ROOT_CA_ARN" --csr fileb://inner.csr \
    --signing-algorithm SHA256WITHECDSA --validity Value=1,Type=YEARS \
    --template-arn arn:aws:acm-pca:::template/SubordinateCACertificate_PathLen0/V1 \
    --query CertificateArn --output text)
aws acm-pca wait certificate-issued --certificate-authority-arn "$ROOT_CA_ARN" --certificate-arn "$certificate"
for part in Certificate CertificateChain; do
    aws acm-pca get-certificate --certificate-authority-arn "$ROOT_CA_ARN" --certificate-arn "$certificate" \
        --query $part --output text > $part.pem
done
aws acm-pca import-certificate-authority-certificate --certificate-authority-arn "$inner" \
    --certificate fileb://Certificate.pem --certificate-chain fileb://CertificateChain.pem
[ "$(status "$inner")" = ACTIVE ]

outer=$(create Outer)
openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 100 -subj "/CN=Our own root" \
    -addext keyUsage=critical,keyCertSign,cRLSign 2> /dev/null
aws acm-pca get-certificate-authority-csr --certificate-authority-arn "$outer" --output text > outer.csr
printf '%s\n' 'basicConstraints=critical,CA:TRUE,pathlen:0' 'keyUsage=critical,keyCertSign,cRLSign' \
    'subjectKeyIdentifier=hash' 'authorityKeyIdentifier=keyid' > extensions
openssl x509 -req -in outer.csr -CA root.pem -CAkey root.key -set_serial 7 -days 50 -extfile extensions \
    -out outer.pem 2> /dev/null
aws acm-pca import-certificate-authority-certificate --certificate-authority-arn "$outer" \
    --certificate fileb://outer.pem --certificate-chain fileb://root.pem
[ "$(status "$outer")" = ACTIVE ]
leaf=$(aws acm-pca issue-certificate --certificate-authority-arn "$outer" --csr fileb://www.example.com.csr \
    --signing-algorithm SHA256WITHECDSA --validity Value=5,Type=DAYS --query CertificateArn --output text)
aws acm-pca get-certificate --certificate-authority-arn "$outer" --certificate-arn "$leaf" \
    --query Certificate --output text > leaf.pem
openssl verify -x509_strict -CAfile root.pem -untrusted outer.pem leaf.pem
