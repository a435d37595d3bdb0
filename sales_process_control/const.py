"""Constants that several rooms share. A constant of one subject stays in the room of that subject."""

#: Salespeople who see their own documents only, and everybody above them.
GROUP_SALESPERSON = "sales_team.group_sale_salesman"
#: Salespeople who see all documents of their companies.
GROUP_ALL_DOCUMENTS = "sales_team.group_sale_salesman_all_leads"
GROUP_SALES_MANAGER = "sales_team.group_sale_manager"
GROUP_SETTINGS = "base.group_system"
#: All users but those of the portal and the public. Portal users may read deals that they resell.
GROUP_INTERNAL = "base.group_user"

#: Prefetch group of stored fields that only screens show. Odoo reads all fields of a prefetch group together, so that a
#: move of a deal, which reads fields of the default group, does not read these.
PREFETCH_FOR_DISPLAY = "sales_process_control"

#: The largest amount that people may enter in fields of this module. Above it floating point numbers lose cents.
LARGEST_AMOUNT = 10**13
