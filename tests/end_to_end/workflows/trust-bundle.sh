# W10: what clients shall trust.
aws acm-pca get-certificate-authority-certificate --certificate-authority-arn "$ROOT_CA_ARN" --output text > CA.pem
[ "$(grep -c . CA.pem)" = "$(openssl x509 -in CA.pem | grep -c .)" ]
aws acm-pca get-certificate-authority-certificate --certificate-authority-arn "$ISSUING_CA_ARN" \
    --query Certificate --output text > issuing.pem
aws acm-pca get-certificate-authority-certificate --certificate-authority-arn "$ISSUING_CA_ARN" --output json \
    | jq -r '.CertificateChain' > chain.pem
cmp chain.pem CA.pem
openssl verify -x509_strict -CAfile CA.pem issuing.pem
# The text form, split at its seams.
aws acm-pca get-certificate-authority-certificate --certificate-authority-arn "$ISSUING_CA_ARN" --output text \
    | tr '\t' '\n' | awk '/BEGIN CERTIFICATE/ { part += 1 } { print > ("part-" part ".pem") }'
openssl x509 -in part-1.pem -noout -subject | grep -q "Estate Issuing"
openssl x509 -in part-2.pem -noout -subject | grep -q "Estate Root"
