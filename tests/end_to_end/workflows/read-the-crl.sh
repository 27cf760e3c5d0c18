# W13: the CRL as openssl reads it.
aws acm-pca revoke-certificate --certificate-authority-arn "$ISSUING_CA_ARN" --certificate-serial "${LEAF_ARN##*/}" \
    --revocation-reason KEY_COMPROMISE
openssl crl -inform DER -in "$BUCKETS/pki-bucket/crl/${ISSUING_CA_ARN##*/}.crl" -text -noout > crl.txt
grep -q 'X509v3 Authority Key Identifier' crl.txt
grep -q 'Key Compromise' crl.txt
# The number is a time in milliseconds, and so grows with each CRL.
number=$(grep -A 1 'X509v3 CRL Number' crl.txt | tail -n 1 | tr -d ' ')
case $number in 0x*) number=$(printf '%d' "$number") ;; esac
[ "$number" -gt "$(date -d '2020-01-01' +%s)000" ]
