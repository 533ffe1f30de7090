package kubernetes.admission

import rego.v1

containers contains container if {
	some field in ["containers", "initContainers", "ephemeralContainers"]
	some container in input.request.object.spec[field]
}

deny contains msg if {
	input.request.kind.kind == "Pod"
	some container in containers
	not startswith(container.image, "registry.company.com/")
	msg := sprintf("container %s: image %s is not from registry.company.com", [container.name, container.image])
}

deny contains msg if {
	input.request.kind.kind == "Pod"
	some container in containers
	container.securityContext.privileged
	msg := sprintf("container %s: privileged containers are not allowed", [container.name])
}
