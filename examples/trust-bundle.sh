#!/bin/sh
# A script for `aws acm-pca`, as you may find it on a web page. Prints the root's certificate.
set -eu
ca_arn=$(aws acm-pca list-certificate-authorities \
    --query "CertificateAuthorities[?Type=='ROOT'] | [0].Arn" --output text)
aws --output text acm-pca get-certificate-authority-certificate --certificate-authority-arn "$ca_arn"
