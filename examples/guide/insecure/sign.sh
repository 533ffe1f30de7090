#!/bin/sh
cosign generate-key-pair
cosign sign --key cosign.key registry.company.com/shop/payments:v2.3.1
