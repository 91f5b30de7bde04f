#include "store/run_folders.h"

#include <algorithm>
#include <utility>

#include "base/atomic_file.h"
#include "base/text.h"

namespace reelbatch::store {

namespace fs = std::filesystem;

std::vector<fs::path> SubFolders(const fs::path& folder) {
  std::vector<fs::path> folders;
  std::error_code ignored;
  for (auto entry = fs::directory_iterator(folder, ignored); entry != fs::directory_iterator();
       entry.increment(ignored)) {
    if (entry->is_directory(ignored) && !entry->is_symlink(ignored))
      folders.push_back(entry->path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

std::vector<RunFolder> RunFolders(const FolderLayout& layout) {
  std::vector<RunFolder> runs;
  for (const fs::path& video : SubFolders(layout.videos())) {
    for (fs::path& run : SubFolders(video)) {
      // Somebody's own folder beside them is no run.
      std::error_code error;
      if (!run.filename().native().starts_with("r-") && !fs::exists(run / kManifestFile, error))
        continue;
      runs.push_back({.video_id = video.filename().native(),
                      .run_id = run.filename().native(),
                      .path = std::move(run)});
    }
  }
  return runs;
}

std::vector<fs::path> FilesBelow(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (auto entry = fs::recursive_directory_iterator(folder, ignored);
       entry != fs::recursive_directory_iterator(); entry.increment(ignored)) {
    if (!entry->is_directory(ignored) || entry->is_symlink(ignored)) files.push_back(entry->path());
  }
  std::sort(files.begin(), files.end());
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
  return base::Fail(base::Code::kInvalidArgument,
                    fs::is_directory(layout.root, error)
                        ? "is no output folder of `reelbatch run`: name the folder given to --out"
                        : "is not a folder: name the folder given to --out",
                    base::PathForPeople(layout.root));
}

}  // namespace reelbatch::store
