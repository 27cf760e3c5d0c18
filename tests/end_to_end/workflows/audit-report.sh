# W12: an audit report, fetched from the bucket. `aws s3api get-object` prints its own JSON behind the object.
made=$(aws acm-pca create-certificate-authority-audit-report --certificate-authority-arn "$ISSUING_CA_ARN" \
    --s3-bucket-name reports --audit-report-response-format JSON)
report=$(echo "$made" | jq -r .AuditReportId)
key=$(echo "$made" | jq -r .S3Key)
[ "$key" = "audit-report/${ISSUING_CA_ARN##*/}/$report.json" ]
aws acm-pca wait audit-report-created --certificate-authority-arn "$ISSUING_CA_ARN" --audit-report-id "$report"
fetch() { aws s3api get-object --bucket reports --key "$key" /dev/stdout; }
[ "$(fetch | jq -r 'arrays | .[] | select(.issuedAt >= "2020-12-01") | .certificateArn')" = "$LEAF_ARN" ]
[ "$(fetch | jq -r 'arrays | .[0] | keys_unsorted[0:4] | join(" ")')" = \
    "awsAccountId certificateArn serial subject" ]
fetch | jq -r 'arrays | .[0].issuedAt' | grep -Eq '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+]0000$'
fetch | jq -r 'arrays | .[0].serial' | grep -Eq '^([0-9a-f]{2}:){15}[0-9a-f]{2}$'
