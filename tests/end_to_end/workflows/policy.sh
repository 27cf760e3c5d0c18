# W16: a resource policy, checked for every CA; a CA without one is no reason to stop.
cat > policy.json <<JSON
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "111122223333"},
     "Action": ["acm-pca:DescribeCertificateAuthority", "acm-pca:GetCertificate"],
     "Resource": "$ISSUING_CA_ARN"}
  ]
}
JSON
aws acm-pca put-policy --resource-arn "$ISSUING_CA_ARN" --policy "file://$PWD/policy.json"
for ca in $(aws acm-pca list-certificate-authorities --query 'CertificateAuthorities[].Arn' --output text); do
    status=0
    aws acm-pca get-policy --resource-arn "$ca" --output text > found.json 2> said || status=$?
    echo "$ca $status" >> seen
done
[ "$(cat seen)" = "$ROOT_CA_ARN 254
$ISSUING_CA_ARN 0" ]
cmp policy.json found.json || diff -B policy.json found.json
aws acm-pca delete-policy --resource-arn "$ISSUING_CA_ARN"
