#include "apps/reelbatch/folder_walk.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/picture_files.h"
#include "media/content_kind.h"
#include "store/folder_layout.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

bool ByBytes(const fs::path& a, const fs::path& b) { return a.native() < b.native(); }

class Walk {
 public:
  explicit Walk(InputList& list) : list_(list) {}

  FolderContent Content(const fs::path& root) {
    Visit(root);
    while (!linked_.empty()) {
      const fs::path next = linked_.front();
      linked_.erase(linked_.begin());
      Visit(next);
    }
    std::ranges::sort(content_.videos, ByBytes);
    std::ranges::sort(content_.pictures, ByBytes);
    return std::move(content_);
  }

 private:
  /// False for a folder that was visited before, by whatever name: loops end here.
  bool FirstVisit(const fs::path& folder) {
    struct stat facts{};
    return stat(folder.c_str(), &facts) == 0 && visited_.emplace(facts.st_dev, facts.st_ino).second;
  }

  struct Entry {
    fs::path path;
    bool folder = false;  // or a link to one
    bool link = false;
  };

  struct Folder {
    fs::path path;
    bool ours = false;  // an output folder, or below one: nobody wonders about its documents
  };

  void Visit(const fs::path& root) {
    const fs::path marker = store::FolderLayout{}.marker();
    std::vector<Folder> todo = {{root}};
    while (!todo.empty()) {
      Folder folder = std::move(todo.back());
      todo.pop_back();
      if (!FirstVisit(folder.path)) continue;
      std::vector<Entry> entries;
      std::error_code error;
      for (fs::directory_iterator it(folder.path, error), end; !error && it != end;
           it.increment(error)) {
        // The folder says which entries are folders or links, so that no file has to be asked.
        std::error_code ignored;
        entries.push_back({.path = it->path(),
                           .folder = it->is_directory(ignored),
                           .link = it->is_symlink(ignored)});
        folder.ours = folder.ours || it->path().filename() == marker;
      }
      if (error) list_.unreadable.push_back({folder.path, error.message()});
      std::ranges::sort(entries, ByBytes, &Entry::path);
      for (Entry& entry : entries) Sort(std::move(entry), folder, todo);
    }
  }

  void Sort(Entry entry, const Folder& folder, std::vector<Folder>& todo) {
    const bool hidden = entry.path.filename().native().starts_with('.');
    std::string reason;
    if (!hidden && entry.folder) {
      if (entry.link) {
        linked_.push_back(std::move(entry.path));
      } else {
        todo.push_back({std::move(entry.path), folder.ours});
      }
    } else if (!hidden && CountsAsVideo(entry.path, reason)) {
      content_.videos.push_back(std::move(entry.path));
    } else if (!hidden && !folder.ours && base::HasPictureEnding(entry.path)) {
      content_.pictures.push_back(std::move(entry.path));
      content_.picture_folders.insert(folder.path);
    } else if (!folder.ours) {
      PassOver(list_, std::move(entry.path), std::move(reason));
    }
  }

  InputList& list_;
  FolderContent content_;
  std::set<std::pair<dev_t, ino_t>> visited_;
  std::vector<fs::path> linked_;
};

}  // namespace

FolderContent WalkFolder(const fs::path& root, InputList& list) { return Walk(list).Content(root); }

void PassOver(InputList& list, fs::path path, std::string reason) {
  if (++list.passed_over <= static_cast<int64_t>(InputList::kMostNames))
    list.passed_over_names.push_back({std::move(path), std::move(reason)});
}

bool CountsAsVideo(const fs::path& file, std::string& reason) {
  if (!HasVideoExtension(file)) return false;
  if (!HasAmbiguousExtension(file)) return true;
  reason = media::OtherThanVideo(file).value_or("");
  return reason.empty();
}

}  // namespace reelbatch::app
