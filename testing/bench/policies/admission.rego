package kubernetes.admission

deny contains msg if {
	input.request.kind.kind == "Pod"
	some container in input.request.object.spec.containers
	not startswith(container.image, "registry.company.com/")
	msg := sprintf("container %s: image %s is not from the approved registry", [container.name, container.image])
}

deny contains msg if {
	input.request.kind.kind == "Pod"
	some container in input.request.object.spec.containers
	container.securityContext.privileged == true
	msg := sprintf("container %s: privileged containers are not allowed", [container.name])
}
