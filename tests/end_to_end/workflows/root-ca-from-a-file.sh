# W1: a root CA from a configuration file, activated step by step, and cleaned up.
cat > configuration.json <<JSON
{"KeyAlgorithm": "RSA_2048", "SigningAlgorithm": "SHA256WITHRSA",
 "Subject": {"Country": "DE", "Organization": "Example", "CommonName": "Example Root"}}
JSON
ca=$(aws acm-pca create-certificate-authority --certificate-authority-configuration file://configuration.json \
    --certificate-authority-type "ROOT" --query 'CertificateAuthorityArn' --output text)
aws acm-pca wait certificate-authority-csr-created --certificate-authority-arn $ca
aws acm-pca get-certificate-authority-csr --certificate-authority-arn $ca --output text > ca.csr
certificate=$(aws acm-pca issue-certificate --certificate-authority-arn $ca --csr fileb://ca.csr \
    --signing-algorithm SHA256WITHRSA --template-arn arn:aws:acm-pca:::template/RootCACertificate/V1 \
    --validity Value=365,Type=DAYS --query 'CertificateArn' --output text)
aws acm-pca wait certificate-issued --certificate-authority-arn $ca --certificate-arn $certificate
aws acm-pca get-certificate --certificate-authority-arn $ca --certificate-arn $certificate --output text > ca.pem
# What goes straight into the import is the certificate alone: no tab, no None, no chain.
[ "$(grep -c . ca.pem)" = "$(openssl x509 -in ca.pem | grep -c .)" ]
aws acm-pca import-certificate-authority-certificate --certificate-authority-arn $ca --certificate fileb://ca.pem
aws acm-pca update-certificate-authority --certificate-authority-arn $ca --status "DISABLED"
aws acm-pca delete-certificate-authority --certificate-authority-arn $ca --permanent-deletion-time-in-days 7
[ "$(aws acm-pca describe-certificate-authority --certificate-authority-arn $ca \
    --query CertificateAuthority.Status --output text)" = DELETED ]
