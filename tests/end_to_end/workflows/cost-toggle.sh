# W14: a CA that costs nothing at night: deleted in the evening, restored in the morning.
list() { aws acm-pca list-certificate-authorities | jq -r '.CertificateAuthorities[].Status' | tr '\n' ' '; }
[ "$(list)" = "ACTIVE ACTIVE " ]
aws acm-pca update-certificate-authority --certificate-authority-arn "$ISSUING_CA_ARN" --status DISABLED
aws acm-pca delete-certificate-authority --certificate-authority-arn "$ISSUING_CA_ARN" --permanent-deletion-time-in-days 7
[ "$(list)" = "ACTIVE DELETED " ]
aws acm-pca restore-certificate-authority --certificate-authority-arn "$ISSUING_CA_ARN"
[ "$(list)" = "ACTIVE DISABLED " ]
aws acm-pca update-certificate-authority --certificate-authority-arn "$ISSUING_CA_ARN" --status ACTIVE
[ "$(list)" = "ACTIVE ACTIVE " ]
