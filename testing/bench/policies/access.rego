package access

default allow := false

allow if {
	some binding in data.bindings
	binding.user == input.user
	binding.namespace in {input.namespace, "*"}
	some rule in data.roles[binding.role].rules
	input.verb in rule.verbs
	input.resource in rule.resources
}

reasons contains reason if {
	some binding in data.bindings
	binding.user == input.user
	binding.namespace in {input.namespace, "*"}
	some rule in data.roles[binding.role].rules
	input.verb in rule.verbs
	input.resource in rule.resources
	reason := {"binding": binding.name, "role": binding.role}
}

decision := {"allow": allow, "reasons": reasons}
