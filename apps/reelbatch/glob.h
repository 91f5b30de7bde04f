#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace reelbatch::app {

/// Whether a name holds one of * ? [
bool IsPattern(std::string_view text);

/// One path component against a pattern of `*`, `?` and `[a-z]`, `[!a-z]`; bytes, as in the C
/// locale. A leading dot must be written out. An unclosed [ stands for itself.
bool MatchesName(std::string_view pattern, std::string_view name);

/// The folder that every match of a pattern lies below: what stands before the first component that
/// has one of * ? [ in it. Empty: the current folder. Example: "a//b/c*/d.mp4" -> "a/b".
std::filesystem::path FolderOfPattern(std::string_view pattern);

/// Every path that matches, sorted by bytes. `**` as a whole component matches any number of
/// folders, none included; it does not follow links to folders and skips hidden ones.
std::vector<std::filesystem::path> ExpandPattern(std::string_view pattern);

}  // namespace reelbatch::app
