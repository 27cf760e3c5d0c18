# W7: no jq at hand: one line in four-space JSON holds each CA's ARN, the fourth piece between quotes.
first=$(aws acm-pca list-certificate-authorities | grep Arn | cut -d '"' -f 4 | head -n 1)
[ "$first" = "$ROOT_CA_ARN" ]
[ "$(aws acm-pca list-certificate-authorities | grep -c Arn)" = 2 ]
