#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace reelbatch::media {

/// So much of a file's beginning is looked at.
inline constexpr size_t kContentHeadBytes = 4096;

/// What a file is that cannot be read as a video.
struct ContentKind {
  std::string message;  // "is a web page (HTML), not a video; ..."
  /// A video was meant to be here (a page from a server, a pointer, an unfinished download), rather
  /// than something that has the same ending by chance (TypeScript).
  bool meant_as_video = false;
};

/// Names what `head`, the first kContentHeadBytes or fewer of a file of `bytes` bytes, is: web
/// pages, archives, playlists, pointers, source text, pictures that FFmpeg does not read,
/// unfinished downloads. Nothing where nothing is known. To be asked only about what FFmpeg cannot
/// read: a sound video might be named too (as a .part file).
std::optional<ContentKind> NameContent(const std::filesystem::path& file, std::string_view head,
                                       int64_t bytes);

/// For files whose ending also belongs to what is no video (.ts, .mts, .mod, .avs): why it is none.
/// Nothing where it may be one, and where it cannot be opened.
std::optional<std::string> OtherThanVideo(const std::filesystem::path& file);

}  // namespace reelbatch::media
