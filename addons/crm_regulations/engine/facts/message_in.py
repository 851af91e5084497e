"""A customer wrote: an e-mail, a comment in the portal, a letter logged by the plugin.

Automatic replies, newsletters and notes do not count. An e-mail from an unknown address
is the word of the customer whose page it stands on.
"""

from odoo.fields import Domain

from odoo.addons.crm_segmentation.engine.autofill.parties import DOCUMENTS

from ...core.letter import IN, RECEIVED
from .among import among
from .document_kind import Matter
from .documents import near, placed
from .message_kind import LOGGED, MessageKind, is_logged


class MessageIn(MessageKind):
    code = "message_in"
    way = IN
    types = RECEIVED

    def meant(self, role, asked):
        # Applicants, surveys and the like are other people's business.
        models = [*DOCUMENTS, asked.model]
        return super().meant(role, asked) & Domain("model", "in", models)

    def people(self, messages):
        return messages.author_id

    def matter(self, documents, message):
        page = documents.document(message.model, message.res_id)
        if not page or not self.is_mine(documents, message):
            return None
        author = message.author_id
        if is_logged(message) or not author:
            customers = documents.customer(page)
        else:
            customers = documents.customers(author)
        return Matter(page, customers, documents.lead(page))

    def narrowed(self, env, asked):
        family = among("commercial_partner_id", asked.touched.families)
        pages = placed(asked.touched.places, *self.document_fields)
        # Whose page it is matters where nobody knows who wrote it.
        theirs = placed(near(env, asked.touched), *self.document_fields)
        return self.found_by(
            env,
            asked,
            Domain("author_id", "any", family),
            pages | (theirs & (LOGGED | Domain("author_id", "=", False))),
        )
