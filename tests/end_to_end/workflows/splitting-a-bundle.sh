# W6: the undocumented --max-results, and the text form of a certificate cut at each BEGIN line.
ca=$(aws acm-pca list-certificate-authorities --max-results 10 \
    | jq -r '.CertificateAuthorities[] | .Type, .Arn' | grep SUBORDINATE -A 1 | tail -n 1)
[ "$ca" = "$ISSUING_CA_ARN" ]
aws acm-pca get-certificate --certificate-authority-arn "$ca" --certificate-arn "$LEAF_ARN" --output text \
    | csplit -s -z -f cert- - '/-----BEGIN CERTIFICATE-----/' '{*}'
# The chain begins behind a TAB on the line that ends the certificate, and so that line falls to the second piece.
{ cat cert-00; echo '-----END CERTIFICATE-----'; } > leaf.pem
sed '1s/^.*	//' cert-01 > issuing.pem
openssl x509 -in leaf.pem -noout -subject | grep -q 'CN = '
openssl x509 -in issuing.pem -noout -ext basicConstraints | grep -q 'CA:TRUE'
openssl verify -CAfile cert-02 -untrusted issuing.pem leaf.pem
