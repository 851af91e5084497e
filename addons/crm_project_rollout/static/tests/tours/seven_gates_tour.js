import {registry} from "@web/core/registry";

// One tour for each stage; between them the test lets the company live.

const calm = "body:not(:has(.modal)):not(:has(.o-autocomplete--dropdown-menu))";
const click = (content, trigger) => ({content, trigger, run: "click"});
const see = (content, trigger) => ({content, trigger});
const type = (content, trigger, text) => ({content, trigger, run: `edit ${text}`});

const opened = (name) => [
    click("open the CRM project", ".o_kanban_record:contains(Seven gates)"),
    // A row that is entered before everything is there is left again.
    see("the whole page is there", ".o_form_view .o-mail-Chatter .o-mail-Message"),
    click(`to the page ${name}`, `.o_notebook .nav-link[name=${name}]`),
];
const toProject = [
    click(
        "on to the project",
        ".o_main_navbar [data-menu-xmlid='crm_project_rollout.menu_rollout']"
    ),
    click("its list", "[data-menu-xmlid='crm_project_rollout.menu_rollout_rollouts']"),
    ...opened("open_stage"),
];

const page = (name) =>
    click(`to the page ${name}`, `${calm} .o_notebook .nav-link[name=${name}]`);
const choose = (inside, field, text) => [
    type(`look for ${text}`, `${inside} div[name=${field}] input`, text),
    click(
        `choose ${text}`,
        `.o-autocomplete--dropdown-item:eq(0):has(.text-primary):contains(${text})`
    ),
];
const select = (cell, text) => [
    click("open the choice", `${cell} input`),
    click(`choose ${text}`, `.o_select_menu_item:contains(${text})`),
    // A row that is left in the same moment forgets what was chosen.
    see("it is chosen", `${cell} input:value(${text})`),
];
const add = (field) =>
    click("add a line", `${calm} div[name=${field}] .o_field_x2many_list_row_add a`);
const keep = click("keep it", ".modal .o_form_button_save");
const save = [
    click("save", `${calm} .o_form_button_save`),
    see("it is saved", "body:has(.o_form_saved)"),
];

const answer = (texts) =>
    texts.flatMap((text, row) => [
        click(
            `to the answer of question ${row + 1}`,
            `div[name=question_ids] .o_data_row:eq(${row}) td[name=answer]`
        ),
        type(
            "answer it",
            `div[name=question_ids] .o_data_row:eq(${row}).o_selected_row td[name=answer] textarea:focus`,
            text
        ),
    ]);

const decide = (reason, next) => [
    click("look at the figures anew", `${calm} button[name=action_refresh]`),
    click("decide", `${calm} button[name=action_decide]`),
    type(
        "the gate is open: “Go” is proposed",
        ".modal:has(input[data-value=go]:checked) div[name=reason] textarea",
        reason
    ),
    click("record it", ".modal button[name=action_decide]"),
    see("the next stage is open", `${calm} ${next}`),
];
const stage = (name) => `.o_crm_rollout_step[data-state=open]:contains(${name})`;

const attach = (criterion, text) => [
    click(
        "to the paper",
        `div[name=criterion_ids] .o_data_row:contains(${criterion}) td[name=document]`
    ),
    {
        content: "put it there",
        trigger: "div[name=criterion_ids] .o_selected_row td[name=document]",
        run({anchor}) {
            const paper = new DataTransfer();
            paper.items.add(new File([text], "paper.txt"));
            const input = anchor.querySelector("input[type=file]");
            input.files = paper.files;
            input.dispatchEvent(new Event("change"));
        },
    },
    see("it is there", "div[name=criterion_ids] .o_selected_row .o_clear_file_button"),
];
const approve = click(
    "it is approved",
    `${calm} div[name=criterion_ids] button[name=action_approve]`
);
const inDays = (days) =>
    luxon.DateTime.now().plus({days}).toFormat("MM/dd/yyyy HH:mm:ss");

const openGoal = click(
    "open the goal",
    ".o_action.o_list_view:has(.o_breadcrumb .active:contains(Goals)) .o_data_row td[name=name]"
);

const tour = (name, url, steps) =>
    registry.category("web_tour.tours").add(`crm_seven_gates_${name}`, {
        url,
        steps,
    });

const problem = (text) => [
    add("problem_ids"),
    type("what hurts", ".modal div[name=name] input", text),
    ...select(".modal div[name=about_customers]", "Yes"),
    ...choose(".modal", "owner_id", "rt_sales"),
    keep,
    see("it is in the register", `${calm} .o_data_row:contains(${text})`),
];

tour("need", "/odoo/crm-rollouts", () => [
    click("there is none yet: make one", ".o-kanban-button-new"),
    type("its name", ".o_form_view div[name=name] input", "Seven gates"),
    ...choose(".o_form_view", "sponsor_id", "rt_boss"),
    ...choose(".o_form_view", "coordinator_id", "rt_coordinator"),
    ...save,
    click("begin", `${calm} button[name=action_start]`),
    see("the first stage is open", stage("Need")),
    page("need"),
    ...problem("Requests get lost"),
    ...problem("Answers are late"),
    ...problem("Nobody calls back"),
    ...save,
    click("is it about customers?", `${calm} button[name=action_decide_fit]`),
    click("it is", ".modal div[name=decision] input[data-value=is_crm]"),
    type("why", ".modal div[name=reason] textarea", "A customer would notice"),
    click("record it", ".modal button[name=action_decide]"),
    see("it is on record", `${calm} div[name=fit_decision_id]:contains(CRM project)`),
    page("open_stage"),
    ...answer(["One request in five", "The first answer", "Yes"]),
    ...save,
    ...decide("It is worth the money", stage("Strategy")),
]);

tour("strategy", "/odoo/crm-rollouts", () => [
    ...opened("goals"),
    click("set goals", `${calm} .o_notebook button[name=action_open_goals]`),
    click("set the first one", ".o_control_panel:contains(Goals) .o_list_button_add"),
    ...choose(".o_form_view", "kpi_id", "Turnover"),
    see("its name came with it", ".o_form_view div[name=name] input:value(Turnover)"),
    type("where it is to be", ".o_form_view div[name=target] input", "150000"),
    type("by when", ".o_form_view div[name=date] input", inDays(365).slice(0, 10)),
    ...choose(".o_form_view", "user_id", "rt_sales"),
    ...save,
    see(
        "Odoo knows where it stands, nothing is missing",
        `${calm} .o_form_view:has(div[name=baseline]:contains(121,010)):not(:has(.alert-info))`
    ),
    click("back to the goals", ".o_back_button"),
    click("back to the CRM project", ".breadcrumb-item a:contains(Seven gates)"),
    page("team"),
    click(
        "a department takes part",
        "div[name=department_line_ids] .o_field_x2many_list_row_add a"
    ),
    ...choose("div[name=department_line_ids]", "department_id", "Sales of gates"),
    click(
        "who stands in for the coordinator?",
        `${calm} div[name=member_ids] .o_data_row:contains(Deputy coordinator) td[name=role]`
    ),
    ...choose(".modal", "user_id", "rt_deputy"),
    keep,
    click(
        "who knows the subject?",
        `${calm} div[name=member_ids] .o_data_row:contains(Subject expert) td[name=role]`
    ),
    ...choose(".modal", "user_id", "rt_sales"),
    ...choose(".modal", "department_id", "Sales of gates"),
    type("how many hours", ".modal div[name=hours_planned] input", "20:00"),
    keep,
    add("kickoff_ids"),
    type("when is the opening", ".modal div[name=date_start] input", inDays(0)),
    click("who speaks", ".modal div[name=name] input"),
    keep,
    ...save,
    click(
        "open the meeting",
        `${calm} div[name=kickoff_ids] .o_data_row td[name=name]`
    ),
    click("invite everybody concerned", ".modal button[name=action_invite_scope]"),
    click("who was there", ".modal .nav-link[name=people]"),
    ...[0, 1, 2, 3].map((row) =>
        click(
            `person ${row + 1} came`,
            `.modal div[name=attendee_ids]:has(.o_data_row:eq(3)) .o_data_row:eq(${row}) td[name=attended] input`
        )
    ),
    click("to the minutes", ".modal .nav-link[name=minutes]"),
    type(
        "what was decided",
        ".modal div[name=decisions] textarea",
        "We begin on Monday"
    ),
    keep,
    ...save,
    page("open_stage"),
    ...answer([
        "Turnover",
        "Sales, 20 hours",
        "The goal is reached",
        "The coordinator",
    ]),
    ...attach("charter", "Goals, money, people"),
    ...save,
    approve,
    ...decide("The goal can be measured", stage("Tasks")),
]);

tour("tasks", "/odoo/crm-rollouts", () => [
    ...opened("goals"),
    click("to the goals", ".oe_stat_button[name=action_open_goals]"),
    openGoal,
    click(
        "what is to be done?",
        ".o_form_view div[name=task_ids] .o_field_x2many_list_row_add a"
    ),
    click("something new", ".modal:has(.o_list_view) .o_create_button"),
    type(
        "the task",
        ".modal .o_form_view div[name=name] textarea",
        "Answer the same day"
    ),
    ...choose(".modal", "user_ids", "rt_sales"),
    type("until when", ".modal div[name=date_deadline] input", inDays(30)),
    click("what will prove it?", ".modal .nav-link[name=crm_goals]"),
    type("it is measured", ".modal div[name=crm_measure] input", "Promises kept"),
    keep,
    see(
        "the goal has its task",
        `${calm} div[name=task_ids] .o_data_row:contains(Answer the same day)`
    ),
    ...save,
    click(
        "to the plan figures",
        ".o_main_navbar [data-menu-xmlid='crm_project_rollout.menu_rollout']"
    ),
    click("their list", "[data-menu-xmlid='crm_project_rollout.menu_plan_line']"),
    click("a figure", ".o_control_panel:contains(Plan Figures) .o_list_button_add"),
    type("how much", ".o_selected_row div[name=amount] input", "150000"),
    click("save", ".o_list_button_save:visible"),
    see(
        "the figure is there",
        ".o_list_view:not(:has(.o_selected_row)) .o_data_row:contains(150,000)"
    ),
    ...toProject,
    ...answer(["Answers on the same day", "Promises kept", "Requests by age"]),
    ...save,
    ...decide("Every goal has its task", stage("Objects")),
]);

tour("objects", "/odoo/segmentations", () => [
    click("open what is proposed", ".o_data_row:contains(example) td[name=name]"),
    click("put it into force", ".o_form_view button[name=action_publish]"),
    click("really", ".modal-footer .btn-primary"),
    see("it is in force", `${calm} .o_arrow_button_current:contains(Published)`),
    ...toProject,
    ...answer(["Clinics monthly", "Clinics buy, doctors decide", "A visit", "Address"]),
    click(
        "the salespeople have looked at their lists",
        "div[name=criterion_ids] .o_data_row:contains(Every salesperson) td[name=ticked] .o_boolean_toggle input"
    ),
    ...save,
    ...decide("The categories are what our people know", stage("Regulations")),
]);

const tick = (name) =>
    click(
        `tick “${name}”`,
        `.o_data_row:has(.o_data_cell[name=name]:contains(${name})) .o_list_record_selector input`
    );

tour("library", "/odoo/library-of-regulations", () => [
    tick("Requested materials"),
    tick("After a proposal was sent"),
    tick("After an event"),
    tick("Overdue: letter"),
    click("take them into use", "button[name=action_take_into_use]:visible"),
    see(
        "what became of it",
        ".modal .o_data_row:contains(Requested materials):contains(second person)"
    ),
    click("close", ".modal footer button:contains(Close)"),
    see("all is done", calm),
]);

tour("regulations", "/odoo/checks", () => [
    click(
        "a check waits",
        ".o_data_row:contains(Requested materials) td[name=regulation_id]"
    ),
    click("look at the promise", "div[name=line_ids] .o_data_row td[name=verdict]"),
    ...select("div[name=line_ids] .o_selected_row td[name=verdict]", "Fine"),
    type("what was found", "div[name=conclusion] textarea", "The courier was there"),
    click("the check is done", ".o_form_statusbar button[name=action_done]"),
    click("really", ".modal-footer .btn-primary"),
    see("nobody changes it now", `${calm} .o_arrow_button_current:contains(Done)`),
    ...toProject,
    ...answer(["Materials within two hours", "Yes", "The head of sales, weekly"]),
    ...save,
    ...decide("Our promises can be kept", stage("Putting the system")),
]);

const line = (field) => `div[name=${field}] .o_selected_row`;

tour("system", "/odoo/crm-rollouts", () => [
    ...opened("system"),
    add("load_ids"),
    type("what is loaded", `${line("load_ids")} td[name=name] input`, "Clients"),
    ...choose(line("load_ids"), "counterparty_type_id", "Client"),
    type("where from", `${line("load_ids")} td[name=source] input`, "Old table"),
    type(
        "how many there are",
        `${line("load_ids")} td[name=expected_count] input`,
        "3"
    ),
    ...save,
    click("the counts agree: sign", "div[name=load_ids] button[name=action_sign]"),
    see("it is signed", "div[name=load_ids] button[name=action_unsign]"),
    add("training_ids"),
    type(
        "a training",
        ".modal div[name=name] textarea, .modal div[name=name] input",
        "The first call"
    ),
    keep,
    ...save,
    click("open it", "div[name=training_ids] .o_data_row td[name=name]"),
    click("invite everybody", ".modal button[name=action_invite_everybody]"),
    ...[0, 1, 2, 3].flatMap((row) => [
        click(
            `person ${row + 1} came`,
            `.modal div[name=participant_ids]:has(.o_data_row:eq(3)) .o_data_row:eq(${row}) td[name=attended] input`
        ),
        click(
            "the result",
            `.modal div[name=participant_ids] .o_data_row:eq(${row}) td[name=result]`
        ),
        ...select(
            `.modal div[name=participant_ids] .o_data_row:eq(${row}).o_selected_row td[name=result]`,
            "Passed"
        ),
    ]),
    keep,
    add("trial_ids"),
    type(
        "a finding of the trial run",
        ".modal div[name=name] textarea, .modal div[name=name] input",
        "The list is long"
    ),
    keep,
    add("cutover_ids"),
    type(
        "a step of the first day",
        `${line("cutover_ids")} td[name=name] input`,
        "Switch"
    ),
    ...choose(line("cutover_ids"), "user_id", "rt_boss"),
    click("its time", `${line("cutover_ids")} td[name=date]`),
    type("tomorrow", `${line("cutover_ids")} td[name=date] input`, inDays(1)),
    type("the check", `${line("cutover_ids")} td[name=check] input`, "It rings"),
    type(
        "the way back",
        `${line("cutover_ids")} td[name=way_back] input`,
        "Switch back"
    ),
    ...save,
    page("open_stage"),
    ...answer(["Yes", "Yes", "No", "We go back to paper"]),
    ...attach("plan for the first day", "Switch at eight"),
    ...save,
    approve,
    ...decide("Everybody is ready", stage("Acceptance")),
]);

tour("acceptance", "/odoo/crm-rollouts", () => [
    ...opened("goals"),
    click("to the goals", ".oe_stat_button[name=action_open_goals]"),
    openGoal,
    type("why it differs", "div[name=cause] textarea", "It is too early to tell"),
    ...save,
    click("back", ".breadcrumb-item a:contains(Seven gates)"),
    type(
        "when do we look again?",
        "div[name=date_review] input",
        inDays(90).slice(0, 10)
    ),
    page("acceptance"),
    add("handover_ids"),
    type(
        "what is handed over",
        `${line("handover_ids")} td[name=name] input`,
        "The rules"
    ),
    ...choose(line("handover_ids"), "user_id", "rt_boss"),
    add("improvement_ids"),
    type("what comes next", `${line("improvement_ids")} td[name=name] input`, "A shop"),
    ...save,
    click("I take it over", "div[name=handover_ids] button[name=action_acknowledge]"),
    see(
        "taken over",
        "div[name=handover_ids]:not(:has(button[name=action_acknowledge]))"
    ),
    click("open the act", ".oe_stat_button[name=action_open_act]"),
    click("partly reached", "div[name=verdict] input[data-value=partly]"),
    type("why", "div[name=verdict_reason] textarea", "The promises are kept"),
    click("sign it", "button[name=action_sign]"),
    click("really", ".modal-footer .btn-primary"),
    see("it is signed", `${calm} button[name=action_unsign]`),
    click("back", ".breadcrumb-item a:contains(Seven gates)"),
    page("open_stage"),
    ...answer([
        "Partly",
        "In the system",
        "Fewer complaints",
        "A shop, in three months",
    ]),
    ...save,
    ...decide("Accepted", ".o_arrow_button_current:contains(Done)"),
]);
