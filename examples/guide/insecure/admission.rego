package kubernetes.admission

# Only our registry. (starts_with is no function of Rego.)
deny[msg] {
  input.request.kind.kind == "Pod"
  image := input.request.object.spec.containers[_].image
  not starts_with(image, "registry.company.com/")
  msg := sprintf("image %v is not from the approved registry", [image])
}
