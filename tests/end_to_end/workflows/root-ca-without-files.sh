# W2: everything in variables. The unquoted echo joins the PEM's lines with spaces; base64 wraps its own lines.
domain=mesh.example.com
ca=$(aws acm-pca create-certificate-authority \
    --certificate-authority-type ROOT \
    --certificate-authority-configuration \
    "KeyAlgorithm=RSA_2048,
    SigningAlgorithm=SHA256WITHRSA,
    Subject={
        Country=US,
        State=WA,
        Locality=Seattle,
        Organization=Mesh Examples,
        OrganizationalUnit=Network Team,
        CommonName=${domain}}" \
    --query CertificateAuthorityArn --output text)
version=$(aws --version 2>&1 | cut -d/ -f2 | cut -d. -f1)
csr=$(aws acm-pca get-certificate-authority-csr --certificate-authority-arn "$ca" --query Csr --output text)
[ "$version" -gt 1 ] && csr="$(echo ${csr} | base64)"
arn=$(aws acm-pca issue-certificate --certificate-authority-arn "$ca" \
    --template-arn arn:aws:acm-pca:::template/RootCACertificate/V1 \
    --signing-algorithm SHA256WITHRSA --validity Value=10,Type=YEARS --csr "${csr}" \
    --query CertificateArn --output text)
certificate=$(aws acm-pca get-certificate --certificate-arn "$arn" --certificate-authority-arn "$ca" \
    --query Certificate --output text)
[ "$version" -gt 1 ] && certificate="$(echo ${certificate} | base64)"
aws acm-pca import-certificate-authority-certificate --certificate-authority-arn "$ca" --certificate "${certificate}"
aws acm-pca create-permission --certificate-authority-arn "$ca" \
    --actions IssueCertificate GetCertificate ListPermissions --principal acm.amazonaws.com
[ "$(aws acm-pca list-permissions --certificate-authority-arn "$ca" --query 'Permissions[0].Actions' --output text)" \
    = "IssueCertificate	GetCertificate	ListPermissions" ]
aws acm-pca update-certificate-authority --certificate-authority-arn "$ca" --status DISABLED
aws acm-pca delete-certificate-authority --certificate-authority-arn "$ca"
