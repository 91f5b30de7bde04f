#pragma once

#include "base/result.h"
#include "engine/catalog.h"
#include "reelbatch/component.h"

namespace reelbatch::engine {

/// Adds a component that the calling program provides. Its pictures are made as FFmpeg's command
/// line scales them (media::Thumbnailer). Errors: invalid_argument (names the field; a name that is
/// taken).
base::Status AddHostComponent(Catalog& catalog, Component component);

}  // namespace reelbatch::engine
