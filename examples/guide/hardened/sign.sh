#!/bin/sh
# Signs by digest, with a key that never leaves the KMS, and checks the result.
set -eu
image="registry.company.com/shop/payments@${1:?digest, as sha256:...}"
cosign sign --yes --key hashivault://shop-signing "$image"
cosign verify --key hashivault://shop-signing "$image"
