#include "media/log_capture.h"
#include "reelbatch/log.h"

namespace reelbatch {

void SetFfmpegLog(FfmpegLog callback) { media::SetHostLog(callback); }

}  // namespace reelbatch
