"""Rules of craft and thrift over a campaign that is otherwise without errors."""
