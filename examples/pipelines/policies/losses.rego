# For conftest and Open Policy Agent: `conftest test -p examples/pipelines/policies plan.json`.
package main

import rego.v1

# How many targets one plan may lose or let go.
limit := 3

lost contains change.address if {
	some change in input.resource_changes
	"delete" in change.change.actions
}

deny contains message if {
	count(lost) > limit
	message := sprintf("%d targets would be lost or let go, and %d may: %s", [count(lost), limit, concat(", ", lost)])
}

deny contains message if {
	some change in input.resource_changes
	"delete" in change.change.actions
	change.underlying_resource == "lost"
	change.type == "computeinstance"
	message := sprintf("%s would lose its disk: %s", [change.address, change.reason.text])
}
