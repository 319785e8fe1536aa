"""Two rules of ours for checkov, over `berth show plan.json --json`."""

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck


class NoIdleNodes(BaseResourceCheck):
    """A cluster keeps no machine while nobody computes."""

    def __init__(self):
        super().__init__(
            name="A cluster keeps no idle machines",
            id="CKV_BERTH_1",
            categories=[CheckCategories.GENERAL_SECURITY],
            supported_resources=["amlcompute"],
        )

    def scan_resource_conf(self, conf):
        idle = conf.get("min_instances", [0])[0] or 0
        return CheckResult.FAILED if idle > 0 else CheckResult.PASSED


class NothingReplaced(BaseResourceCheck):
    """No target is taken away to be made again."""

    def __init__(self):
        super().__init__(
            name="No target is replaced",
            id="CKV_BERTH_2",
            categories=[CheckCategories.GENERAL_SECURITY],
            supported_resources=["amlcompute", "computeinstance", "kubernetes", "synapsespark"],
        )

    def scan_resource_conf(self, conf):
        lost = "delete" in conf.get("__change_actions__", [])
        return CheckResult.FAILED if lost else CheckResult.PASSED


idle = NoIdleNodes()
replaced = NothingReplaced()
