#pragma once

#include "apps/reelbatch/catalog.h"

namespace reelbatch::app {

/// transnetv2 and speech_activity, with what they want of a model and how their units become its
/// tensors.
void AddModelComponents(Catalog& catalog);

}  // namespace reelbatch::app
