# W5: the JSON is taken apart by line, which needs its four spaces, its order and its escapes.
certificate=$(aws acm-pca issue-certificate --certificate-authority-arn "$ISSUING_CA_ARN" \
    --csr fileb://www.example.com.csr --signing-algorithm SHA256WITHECDSA --validity Value=7,Type=DAYS --output text)
set +e
aws acm-pca wait certificate-issued --certificate-authority-arn "$ISSUING_CA_ARN" --certificate-arn "$certificate"
[ $? -eq 255 ] && exit 1
set -e
aws acm-pca get-certificate --certificate-authority-arn "$ISSUING_CA_ARN" --certificate-arn "$certificate" \
    | tr -d \" | sed '1d;s/    Certificate: //g;s/    CertificateChain: //g;s/,//g;$d;s/\\n/\n/g' > bundle.pem
[ "$(grep -c BEGIN bundle.pem)" = 3 ]
openssl x509 -in bundle.pem -noout -checkend 86400
openssl verify -CAfile bundle.pem -untrusted bundle.pem bundle.pem
# A waiter that fails says 255.
status=0
aws acm-pca wait certificate-issued --certificate-authority-arn "$ROOT_CA_ARN" --certificate-arn "$certificate" || status=$?
[ $status -eq 255 ]
