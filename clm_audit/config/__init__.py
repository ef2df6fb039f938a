"""clm-audit.yaml, variables and options -> a frozen, validated AuditPlan; the system presets."""
