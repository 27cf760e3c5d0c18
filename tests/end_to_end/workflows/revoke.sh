# W11: the serial number as openssl prints it, as the ARN has it, and with colons.
issue() {
    aws acm-pca issue-certificate --certificate-authority-arn "$ISSUING_CA_ARN" --csr fileb://www.example.com.csr \
        --signing-algorithm SHA256WITHECDSA --validity Value=5,Type=DAYS --query CertificateArn --output text
}
revoke() {
    printed=$(aws acm-pca revoke-certificate --certificate-authority-arn "$ISSUING_CA_ARN" \
        --certificate-serial "$1" --revocation-reason "$2")
    [ "$printed" = "" ]
}
first=$(issue) second=$(issue) third=$(issue)
aws acm-pca get-certificate --certificate-authority-arn "$ISSUING_CA_ARN" --certificate-arn "$first" \
    --query Certificate --output text > first.pem
revoke "$(openssl x509 -in first.pem -noout -serial | cut -d= -f2)" KEY_COMPROMISE
revoke "${second##*/}" UNSPECIFIED
revoke "$(echo "${third##*/}" | sed 's/../&:/g;s/:$//')" SUPERSEDED
openssl crl -inform DER -in "$BUCKETS/pki-bucket/crl/${ISSUING_CA_ARN##*/}.crl" -noout -text > crl.txt
for certificate in "$first" "$second" "$third"; do
    # openssl leaves out bytes in front that are zero; the ARN has 32 digits always.
    grep -iq "Serial Number: $(echo "${certificate##*/}" | sed 's/^\(00\)*//')" crl.txt
done
# Again is an error that a caller can tell and show.
status=0
aws acm-pca revoke-certificate --certificate-authority-arn "$ISSUING_CA_ARN" --certificate-serial "${second##*/}" \
    --revocation-reason UNSPECIFIED 2> said || status=$?
[ $status -eq 254 ]
grep -q RequestAlreadyProcessedException said
