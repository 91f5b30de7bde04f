#pragma once

#include "base/json_fields.h"
#include "eval/truth.h"

namespace reelbatch::eval {

/// The field "type" of a transition.
Kind KindOf(base::JsonFields& fields);

}  // namespace reelbatch::eval
