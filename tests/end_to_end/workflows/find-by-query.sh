# W8: the CA is found by what it is.
list() { aws acm-pca list-certificate-authorities "$@"; }
[ "$(list --query 'CertificateAuthorities[?Status==`ACTIVE`].Arn' --output text)" = "$ROOT_CA_ARN	$ISSUING_CA_ARN" ]
[ "$(list --query 'CertificateAuthorities[?Type==`SUBORDINATE`].Arn | [0]' --output text)" = "$ISSUING_CA_ARN" ]
[ "$(list --query "CertificateAuthorities[?Status == 'PENDING_CERTIFICATE'][Arn]" --output text)" = "" ]
name="Estate Issuing"
[ "$(list --query "CertificateAuthorities[?CertificateAuthorityConfiguration.Subject.CommonName==\`$name\`].Arn" \
    --output text)" = "$ISSUING_CA_ARN" ]
list --query 'CertificateAuthorities[*].[Arn]' --output table | grep -q "$ROOT_CA_ARN"
[ "$(aws acm-pca describe-certificate-authority --certificate-authority-arn=$ROOT_CA_ARN \
    --query CertificateAuthority.Status --output text)" = ACTIVE ]
[ "$(list --query 'CertificateAuthorities[?Status==`FAILED`].Arn | [0]' --output text)" = None ]
