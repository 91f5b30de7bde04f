#pragma once

#include "base/cancel.h"

namespace reelbatch::app {

/// Makes SIGINT, SIGTERM and SIGHUP set `token` (once for the process; it must outlive every
/// signal): the work in hand is finished and the program ends by itself. The second of them ends
/// the process at once with exit code 130. One that is ignored already (nohup) stays ignored.
void StopOnSignals(base::CancelToken& token, bool quiet);

/// A closed pipe and a file at its size limit become errors of write() instead of the death of the
/// process.
void TurnWriteSignalsIntoErrors();

}  // namespace reelbatch::app
