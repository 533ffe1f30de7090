package services

# Which services each one calls, straight or through others.
calls := {service.name: {call | some call in service.calls} | some service in input.services}

reached[name] := graph.reachable(calls, calls[name]) if some name, _ in calls

by_team := {team: names |
	some service in input.services
	team := service.team
	names := {other.name | some other in input.services; other.team == team}
}

# Teams that depend on another one, with every pair of services that makes them.
couplings[team] := pairs if {
	some team, names in by_team
	pairs := {[from, to] |
		some from in names
		some to in reached[from]
		not to in names
	}
	count(pairs) > 0
}

cycles contains name if {
	some name, others in reached
	name in others
}

fan_in[name] := count([1 | some other, called in calls; other != name; name in called]) if some name, _ in calls

hubs := [name | some name, callers in fan_in; callers >= 3]

report := {
	"couplings": {team: count(pairs) | some team, pairs in couplings},
	"cycles": cycles,
	"hubs": hubs,
	"loneliest": {name | some name, others in reached; count(others) == 0; fan_in[name] == 0},
}
