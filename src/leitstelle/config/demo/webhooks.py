"""The webhook of the demo company's server monitoring, and what it reported lately."""

import json
from datetime import datetime, timedelta

from leitstelle.automation.actions import HookInput, create_hook, keep_report, take_report
from leitstelle.catalog.queries import categories_in_use
from leitstelle.config.demo.company import Company
from leitstelle.kernel.viewer import Viewer

SERVER, TEAM = "servers.server", "platform"
# Minutes ago, how grave, firing or resolved, which alert, which host, and its sentence. None of them opens a ticket.
REPORTS = (
    (190, "info", "firing", "BackupFinished", "db-hh-02", "Sicherung von 214 GB in 41 Minuten abgeschlossen"),
    (75, "critical", "resolved", "DiskFull", "files-ro-01", "Datenträger D: wieder bei 71 %"),
)


def connect_monitoring(company: Company, *, now: datetime) -> None:
    """Create the webhook, and let it tell of what was no trouble, or is over."""
    by = Viewer.system()
    category = next((row for row in categories_in_use() if row.key == SERVER), None)
    new = HookInput(
        name="Serverüberwachung",
        subject="{labels.alertname}: {labels.host}",
        text="{annotations.summary|annotations.description}",
        matter="{fingerprint}",
        device="{labels.host}",
        only_when="labels.severity != info",
        over_when="status = resolved",
        resolves=True,
        team=company.teams[TEAM],
        category=category,
        urgency="stopped",
    )
    hook = create_hook(new, by=by, now=now)
    for ago, severity, status, alert, host, summary in REPORTS:
        labels = {"alertname": alert, "host": host, "severity": severity}
        sent = {"status": status, "labels": labels, "annotations": {"summary": summary}}
        body = json.dumps(sent | {"fingerprint": f"{alert}-{host}"}, ensure_ascii=False).encode()
        at = now - timedelta(minutes=ago)
        kept, _is_new = keep_report(hook, body, now=at)
        take_report(kept, hook, now=at)
