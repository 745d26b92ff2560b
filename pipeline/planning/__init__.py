"""Planning: a campaign and the facts about it become a priced plan. Pure; reads no clock."""
