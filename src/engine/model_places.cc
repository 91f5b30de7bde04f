#include "engine/model_places.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <string>

namespace reelbatch::engine {
namespace {

namespace fs = std::filesystem;

/// The folders of the library with this code and of the program that uses it, which may be one.
std::vector<fs::path> OwnFolders() {
  std::vector<fs::path> folders;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) folders.push_back(program.parent_path());
  Dl_info here{};
  // Of the program itself it is the word with which it was called: no place, and never to be looked
  // for in the current folder.
  if (dladdr(reinterpret_cast<const void*>(&FindWorker), &here) != 0 && here.dli_fname != nullptr &&
      *here.dli_fname == '/')
    folders.push_back(fs::path(here.dli_fname).parent_path());
  return folders;
}

}  // namespace

std::vector<fs::path> EngineFolders(const ModelPlaces& places) {
  std::vector<fs::path> folders{places.folder};
  folders.insert(folders.end(), places.engines.begin(), places.engines.end());
  return folders;
}

base::Result<fs::path> FindWorker() {
  // Beside it, or of an installation, from bin/, lib/ and lib/<machine>/.
  constexpr const char* kPlaces[] = {"", "../libexec/reelbatch", "../../libexec/reelbatch"};
  std::vector<fs::path> folders;
  std::error_code ignored;
  for (const fs::path& folder : OwnFolders()) {
    for (const char* place : kPlaces) folders.push_back(folder / place);
    // In a build, the programs of tests lie one folder below.
    if (fs::exists(folder / "../CMakeCache.txt", ignored)) folders.push_back(folder / "..");
  }
  folders.emplace_back(REELBATCH_LIBEXEC);
  std::string looked;
  for (const fs::path& folder : folders) {
    const fs::path program = (folder / "reelbatch-worker").lexically_normal();
    if (access(program.c_str(), X_OK) == 0) return program;
    looked += (looked.empty() ? "" : ", ") + program.string();
  }
  return base::Fail(base::Code::kUnavailable,
                    fmt::format("is not at {}; install it again, or run models in this process "
                                "(--isolation none, SessionOptions::isolate_models)",
                                looked),
                    "reelbatch-worker");
}

}  // namespace reelbatch::engine
