#pragma once

#include <filesystem>

namespace reelbatch::app {

/// Whether the name ends in an extension that video files have, in any case.
bool HasVideoExtension(const std::filesystem::path& path);

/// Whether FFmpeg writes a container that pieces copied from the video can be put into by that
/// extension.
bool HasCopyExtension(const std::filesystem::path& path);

/// Whether a video's extension is also one of what is no video: .ts (TypeScript), .mod (tracker
/// music), .avs (AviSynth) and the like. In a folder the content decides.
bool HasAmbiguousExtension(const std::filesystem::path& path);

}  // namespace reelbatch::app
