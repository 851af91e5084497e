#!/bin/bash
# Makes the demo company in the container of the service `init`, as `make run` does it
# without containers. The database gets its mark last; until then each start goes on
# where the one before it was interrupted.
set -euo pipefail

database=crm_demo
languages=en_US,ru_RU,uk_UA
dependencies=calendar,crm,hr,mass_mailing,project,sale_crm,spreadsheet_dashboard,survey
addons=crm_segmentation,crm_regulations,crm_project_rollout

sql() {
    PGHOST=$HOST PGUSER=$USER PGPASSWORD=$PASSWORD \
        psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 \
        --dbname="$1" --command="$2"
}

odoo() {
    "${ENTRYPOINT:-/entrypoint.sh}" odoo --database="$database" --no-http \
        --stop-after-init "$@"
}

mark=$(sql postgres "SELECT shobj_description(oid, 'pg_database')
    FROM pg_database WHERE datname = '$database'")
if [[ $mark == ready ]]; then
    echo "The database $database is there."
    exit
fi

echo "Installing Odoo's own modules (once, some minutes) ..."
odoo --init="$dependencies" --load-language="$languages"
# Odoo gives a module its demo data only if all that it depends on have theirs; ours is
# to come into a database without Odoo's own.
ours="name = ANY (string_to_array('$addons', ','))"
sql "$database" "UPDATE ir_module_module SET demo = TRUE
    WHERE state = 'installed' AND NOT $ours"

echo "Installing the addons with the demo company ..."
odoo --init="$addons" --with-demo
# Odoo goes on without the demo data of a module when it cannot load them.
lacking=$(sql "$database" "SELECT string_agg(name, ', ') FROM ir_module_module
    WHERE $ours AND NOT (state = 'installed' AND demo)")
if [[ $lacking ]]; then
    echo "The demo company is not complete, see the log above: $lacking" >&2
    echo "Begin anew with: docker compose down --volumes" >&2
    exit 1
fi
# PDFs are made in the container, where Odoo answers on this port whatever PORT says.
sql "$database" "INSERT INTO ir_config_parameter (key, value)
    VALUES ('report.url', 'http://localhost:8069') ON CONFLICT (key) DO NOTHING"
sql postgres "COMMENT ON DATABASE $database IS 'ready'"
