/** A tenant's id: it is part of the name of a database role. */
export const tenantIdPattern = /^[a-z0-9][a-z0-9-]{0,30}$/

/** Whose everything is where a database is one organisation's alone. */
export const onlyTenant = 'default'
