"""Headings of columns in files of known programs, in English and Chinese, without spaces, punctuation and case.

For each meaning, better headings come first. Sources: the object references of Salesforce (*Opportunity*,
*OpportunityHistory*, *OpportunityFieldHistory*) and Dynamics 365 (*opportunity*), the labels in exports and reports of
Salesforce, HubSpot, Pipedrive, Zoho, Dynamics 365 and Odoo, and what Chinese programs call the same.
"""

#: Names that identify a deal for certain.
DEAL_IDS = [
    "dealid",
    "商談id",
    "商談番号",
    "opportunityid",
    "opportunity18id",
    "casesafeopportunityid",
    "recordid",
    "dealrecordid",
    "potentialid",
    "donotmodifyopportunity",
    "dealnumber",
    "dealno",
    "opportunitynumber",
    "opportunityno",
    "opportunitynum",
    "dealkey",
    "opportunitykey",
    "crmid",
    "externalid",
    "商机编号",
    "商机id",
    "商机号",
    "商机编码",
    "商机单号",
    "交易编号",
    "交易id",
    "交易号",
    "机会编号",
    "机会id",
    "机会编码",
    "销售机会编号",
    "销售机会id",
    "销售机会编码",
    "项目编号",
    "项目id",
    "项目号",
    "业务机会编号",
    "业务机会id",
    "线索编号",
    "唯一标识",
    "唯一性id",
]
#: Names that may identify a deal, or be its name.
DEALS = [
    "deal",
    "opportunity",
    "dealname",
    "opportunityname",
    "deals",
    "商机",
    "交易",
    "机会",
    "销售机会",
    "业务机会",
    "单子",
    "项目",
]
#: Names that may identify a deal, or the line.
LINE_IDS = ["id", "key", "uid", "guid", "uuid", "no", "number", "编号", "编码", "单号", "记录编号", "记录id"]

#: Headings of the end of a stay, in a list of stays in stages. They may also mean something else: the days left.
LEFT = ("left", "leftat", "lefton", "leftexacttime", "离开时间", "离开的准确时间", "离开日期")
#: Headings of the column that the import adds to the lines that were not imported, in the languages of the person.
PROBLEM = frozenset(["problem", "问题"])

#: {meaning: headings, the better ones first}
HEADINGS = {
    "name": (
        "dealname opportunityname dealtitle opportunitytitle potentialname topic title name subject "
        "商机名称 交易名称 机会名称 销售机会名称 业务机会名称 项目名称 商机标题 商机主题 机会主题 销售机会主题 "
        "名称 主题 标题 商談名 案件名"
    ),
    "stage": (
        "stage stagename tostage newstage newvalue dealstage salesstage opportunitystage pipelinestage processstage "
        "stepname stageatthetime currentstage dealstagename stageid phase salesphase currentphase pipelinephase "
        "milestone "
        "阶段 销售阶段 商机阶段 交易阶段 机会阶段 阶段名称 新阶段 变更后阶段 变更后 转入阶段 目标阶段 当前阶段 "
        "销售机会阶段 当时的阶段 "
        "商机销售阶段 项目阶段 所处阶段 跟进阶段 进展阶段 ステージ フェーズ"
    ),
    "old_stage": (
        "fromstage oldstage previousstage fromstagename fromopportunitystagename oldvalue prevstage priorstage "
        "原阶段 旧阶段 变更前阶段 变更前 转出阶段 上一阶段 前一阶段"
    ),
    "field": "field fieldevent fieldname changedfield propertyname property 字段 字段名 字段名称 变更字段",
    "event": "event 事件",
    "won_at": (
        "wontime wondate wonat wonon datewon dealwondate dealwontime dealwon 赢单时间 赢单日期 成交时间 成交日期 "
        "签约时间 签约日期 签单时间 "
        "签单日期"
    ),
    "lost_at": (
        "losttime lostdate lostat loston datelost deallostdate deallosttime deallost 输单时间 输单日期 丢单时间 "
        "丢单日期 流失时间 "
        "流失日期 失败时间"
    ),
    "closed_at": (
        "closedat closedon closedtime closeddate dateclosed actualclosedate actualclosingdate actualclosed "
        "dealclosedon "
        "dealclosedtime dealclosedat dealclosed closetime closed 实际成交日期 实际成交时间 实际签约日期 "
        "实际关闭日期 实际结束日期 关闭时间 关闭日期 "
        "结束时间 结束日期 结单时间 完成时间 完成日期 " + " ".join(LEFT)
    ),
    "status": (
        "status dealstatus opportunitystatus wonstatus wonlost state statecode dealstate outcome result "
        "opportunitystate "
        "状态 商机状态 交易状态 机会状态 赢单状态 输赢状态 成交状态 结果 商机结果"
    ),
    "lost_reason": (
        "lostreason closedlostreason dealclosedlostreason lossreason losereason reasonlost reasonforloss "
        "lostreasonid "
        "deallostreason reasonforlosing statusreason 输单原因 丢单原因 失败原因 流失原因 战败原因 输单理由"
    ),
    "amount": (
        "amount dealamount opportunityamount dealvalue amountindealcurrency value dealsize closevalue estrevenue "
        "estimatedrevenue estimatedvalue expectedrevenue plannedrevenue revenue totalamount amountconverted "
        "amountincompanycurrency forecastamount actualrevenue actualvalue "
        "金额 商机金额 预计金额 预计销售金额 预计成交金额 销售金额 交易金额 机会金额 商机预计金额 预估金额 "
        "项目金额 合同金额 成交金额 预计收入 "
        "预期收入 总金额 价值 交易价值"
    ),
    "currency": (
        "currency currencyisocode dealcurrency currencycode amountcurrency opportunitycurrency transactioncurrency "
        "currencyid 币种 货币 币别 货币代码 货币类型"
    ),
    "date_deadline": (
        "expectedclosing closedate closingdate expectedclosedate expectedclosingdate estclosedate estimatedclosedate "
        "estimatedclosingdate expectedclose dealclosedate targetclosedate datedeadline dealexpectedclosedate "
        "closedateconverted forecastclosedate 预计成交日期 预计成交时间 预计签约日期 预计签单日期 预计签单时间 "
        "预计结单日期 预计关闭日期 预计结束日期 预计结束时间 "
        "预计完成日期 预计赢单日期 预期成交日期 预期结束日期 预期关闭日期 预计截止日期 结单日期 截止日期 完了予定日"
    ),
    "customer": (
        "customer customername opportunityaccountname accountname account company companyname dealorganization "
        "organization organisation organizationname organisationname associatedcompany associatedcompanies "
        "associatedcompanyprimary primaryassociatedcompany primarycompany potentialcustomer client clientname "
        "partner partnerid partnername "
        "客户 客户名称 所属客户 关联客户 公司 公司名称 企业 企业名称 组织 组织名称 客户公司 客户单位 取引先名 取引先"
    ),
    "salesperson": (
        "salesperson opportunityownername opportunityowneremail opportunityowner dealowner owner ownername "
        "owneremail "
        "dealownername dealowneremail salesrep salesrepresentative salesagent agent seller assignedto responsible "
        "accountmanager accountexecutive userid user "
        "销售员 销售 销售人员 销售代表 负责人 商机负责人 商机所有人 机会负责人 销售负责人 业务员 所有者 所有人 "
        "交易所有者 归属人 跟进人 业务负责人 归属销售"
    ),
    "team": "team salesteam teamid teamname 团队 销售团队 所属团队 销售部门 所属部门 部门",
    "deleted": "isdeleted deleted isremoved removed 是否删除 已删除 删除标记 是否已删除 删除状态",
}
#: Headings of the time of an event.
TIMES = [
    "at",
    "when",
    "editdate",
    "changedate",
    "changedat",
    "changedon",
    "changeddate",
    "stagechangedate",
    "stagechangedat",
    "stagechangetime",
    "datechanged",
    "dateofchange",
    "transitiondate",
    "movedat",
    "movedon",
    "enteredat",
    "enteredon",
    "enteredstageat",
    "cameinat",
    "cameinexacttime",
    "cameinon",
    "stagedate",
    "stagetime",
    "stageenteredat",
    "eventdate",
    "eventtime",
    "eventat",
    "timestamp",
    "datetime",
    "date",
    "time",
    "时间",
    "日期",
    "变更时间",
    "变更日期",
    "阶段变更时间",
    "阶段变更日期",
    "进入时间",
    "进入的准确时间",
    "进入日期",
    "进入阶段时间",
    "进入阶段日期",
    "阶段进入时间",
    "发生时间",
    "发生日期",
    "操作时间",
    "操作日期",
    "变动时间",
    "推进时间",
    "转换时间",
    "阶段时间",
    "阶段更新时间",
    "记录时间",
    "事件时间",
]
#: Headings of times at which something about the deal changed last.
CHANGES = [
    "modifiedtime",
    "modified",
    "changed",
    "lastchanged",
    "lastmodifiedon",
    "更新日时",
    "最終更新日",
    "lastmodified",
    "lastmodifieddate",
    "lastmodifiedtime",
    "modifieddate",
    "modifiedon",
    "modifiedat",
    "updatedat",
    "updatedon",
    "updatedtime",
    "updatetime",
    "lastupdated",
    "lastupdatedon",
    "laststagechange",
    "laststagechangedate",
    "laststageupdate",
    "datelaststageupdate",
    "lastactivitydate",
    "最后修改时间",
    "最近修改时间",
    "修改时间",
    "修改日期",
    "更新时间",
    "更新日期",
    "最后更新时间",
    "最近更新时间",
]
#: Headings of the time at which a deal was created.
CREATIONS = [
    "createddate",
    "createdate",
    "createdtime",
    "createdat",
    "createdon",
    "created",
    "dealcreated",
    "dealcreatedate",
    "dealcreateddate",
    "dealcreatedat",
    "creationdate",
    "creationtime",
    "datecreated",
    "opportunitycreateddate",
    "opportunitycreated",
    "addtime",
    "addedon",
    "dateadded",
    "engagedate",
    "opendate",
    "openeddate",
    "openedon",
    "dateopened",
    "startdate",
    "创建时间",
    "创建日期",
    "建立时间",
    "建立日期",
    "新建时间",
    "录入时间",
    "添加时间",
    "商机创建时间",
    "商机创建日期",
    "机会创建时间",
    "开始时间",
    "开始日期",
    "立项时间",
    "立项日期",
]

#: Headings that no meaning fits, although they look like others without what is in parentheses.
IGNORED = PROBLEM | {
    "donotmodifyrowchecksum",
    "donotmodifymodifiedon",
    "createddateforinsert",
    "datecreatedforinsert",
}

#: {program: [headings of which a file of it has all]}
PROGRAMS = {
    "salesforce": (
        {"opportunityid", "createddate"},
        {"opportunityid", "stagename"},
        {"opportunityname", "tostage"},
        {"opportunityname", "fieldevent"},
        {"opportunityname", "opportunityowner"},
        {"opportunityname", "lastmodified"},
        {"stagename", "createddate"},
    ),
    "zoho": ({"dealname", "closingdate"}, {"dealname", "modifiedtime"}, {"potentialname"}),
    "hubspot": ({"recordid", "dealstage"}, {"recordid", "dealname"}, {"dealname", "dealstage", "createdate"}),
    "pipedrive": ({"dealtitle"}, {"wontime", "losttime"}, {"title", "expectedclosedate", "wontime"}),
    "dynamics": (
        {"donotmodifyopportunity"},
        {"topic", "potentialcustomer"},
        {"topic", "estclosedate"},
        {"topic", "estrevenue"},
        {"estimatedclosedate", "statecode"},
    ),
    "odoo": (
        {"opportunity", "expectedrevenue"},
        {"salesperson", "salesteam", "stage"},
        {"stageid", "userid"},
        {"datedeadline"},
    ),
}
