#pragma once
// The office at work: corrections, imports, closing of months, asked of the running collector as `studyday`
// asks it.

/// One thing that the office does, if the collector runs.
void clerk_work(void);
