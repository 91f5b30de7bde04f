#include "base/result.h"
#include "reelbatch/error.h"
#include "reelbatch/version.h"

namespace reelbatch {

std::string_view LibraryVersion() { return REELBATCH_VERSION; }

std::string_view ErrorName(ErrorCode code) { return base::CodeName(static_cast<base::Code>(code)); }

}  // namespace reelbatch
