#include "store/run_folders.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/atomic_file.h"
#include "base/text.h"

namespace reelbatch::store {

namespace fs = std::filesystem;

namespace {

struct Entries {
  std::vector<fs::path> folders;
  std::vector<fs::path> others;  // files, links, what else there is
};

/// Of one folder. What is not there is no error: it may have gone meanwhile.
Entries EntriesOf(const fs::path& folder, std::vector<NotRead>* not_read) {
  Entries entries;
  const auto tell = [&](const fs::path& path, const std::error_code& error) {
    if (error && error != std::errc::no_such_file_or_directory && not_read != nullptr)
      not_read->push_back({.path = path, .reason = error.message()});
  };
  std::error_code error;
  auto entry = fs::directory_iterator(folder, error);
  tell(folder, error);
  while (entry != fs::directory_iterator()) {
    const fs::file_status status = entry->symlink_status(error);
    tell(entry->path(), error);
    (status.type() == fs::file_type::directory ? entries.folders : entries.others)
        .push_back(entry->path());
    entry.increment(error);
    tell(folder, error);
  }
  std::ranges::sort(entries.folders);
  return entries;
}

void AddFilesBelow(const fs::path& folder, std::vector<NotRead>* not_read,
                   std::vector<fs::path>& files) {
  Entries entries = EntriesOf(folder, not_read);
  std::ranges::move(entries.others, std::back_inserter(files));
  for (const fs::path& below : entries.folders) AddFilesBelow(below, not_read, files);
}

}  // namespace

std::vector<fs::path> SubFolders(const fs::path& folder) {
  return EntriesOf(folder, nullptr).folders;
}

std::vector<RunFolder> RunFolders(const FolderLayout& layout) {
  std::vector<RunFolder> runs;
  for (const fs::path& video : SubFolders(layout.videos()))
    std::ranges::move(RunFoldersOf(video), std::back_inserter(runs));
  return runs;
}

std::vector<RunFolder> RunFoldersOf(const fs::path& video) {
  std::vector<RunFolder> runs;
  for (fs::path& run : SubFolders(video)) {
    // Somebody's own folder beside them is no run.
    std::error_code error;
    if (!run.filename().native().starts_with("r-") && !fs::exists(run / kManifestFile, error))
      continue;
    runs.push_back({.video_id = video.filename().native(),
                    .run_id = run.filename().native(),
                    .path = std::move(run)});
  }
  return runs;
}

std::vector<fs::path> FilesIn(const fs::path& folder, std::vector<NotRead>* not_read) {
  return EntriesOf(folder, not_read).others;
}

std::vector<fs::path> FilesBelow(const fs::path& folder, std::vector<NotRead>* not_read) {
  std::vector<fs::path> files;
  AddFilesBelow(folder, not_read, files);
  std::ranges::sort(files);
  return files;
}

base::Result<Manifest> ReadManifest(const fs::path& run_folder) {
  const fs::path file = run_folder / kManifestFile;
  const auto text = base::ReadWholeFile(file);
  if (!text) return std::unexpected(text.error());
  return ParseManifest(*text, base::PathForPeople(file));
}

std::vector<std::string> NamedFiles(const Manifest& manifest) {
  std::vector<std::string> files = {std::string(kManifestFile)};
  for (const ManifestComponent& made : manifest.components) {
    for (const ArtifactEntry& artifact : made.artifacts) files.push_back(artifact.path);
  }
  return files;
}

base::Status CheckIsOutputFolder(const FolderLayout& layout) {
  std::error_code error;
  if (fs::is_directory(layout.marker(), error)) return {};
  return base::Fail(
      base::Code::kInvalidArgument,
      fs::is_directory(layout.root, error)
          ? "is not an output folder of `reelbatch run`: name the folder that was given to --out"
          : "is not a folder: name the folder that was given to --out",
      base::PathForPeople(layout.root));
}

}  // namespace reelbatch::store
