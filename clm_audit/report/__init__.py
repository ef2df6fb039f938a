"""One frozen AuditReport -> terminal, HTML, JSON, Markdown. All sentences and number formats live in words.py."""
