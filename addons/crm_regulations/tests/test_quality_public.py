from odoo.tests import HttpCase, tagged

from .test_quality import QualityCommon


@tagged("post_install", "-at_install")
class TestQualityPublic(HttpCase, QualityCommon):
    def test_a_customer_answers_without_a_login(self):
        invited = self._direct()
        start = f"/survey/start/{self.sheet.access_token}"
        page = self.url_open(f"{start}?answer_token={invited.access_token}")
        self.assertEqual(page.status_code, 200)
        words = self.sheet.question_ids - self.scales
        path = f"{self.sheet.access_token}/{invited.access_token}"
        self.make_jsonrpc_request(f"/survey/begin/{path}")
        self.make_jsonrpc_request(
            f"/survey/submit/{path}",
            {
                **{str(question.id): "2" for question in self.scales},
                str(words.id): "Nobody called back",
            },
        )
        answer = self.env["crm.quality.answer"].search([("input_id", "=", invited.id)])
        self.assertEqual((answer.score, answer.text), (2, "Nobody called back"))
        self.assertEqual(self.customer.quality_score, 2)
