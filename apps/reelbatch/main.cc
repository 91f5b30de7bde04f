#include <malloc.h>

#include <exception>
#include <new>
#include <string>
#include <vector>

#include "apps/reelbatch/program.h"

namespace {

/// glibc raises its limit for mappings of their own to the largest piece ever freed; frames and
/// indexes then come from arenas, whose holes stay ours: 15 of 430 MB with sixteen long videos.
constexpr int kOwnMappingBytes = 128 << 10;

}  // namespace

int main(int argc, char** argv) {
  mallopt(M_MMAP_THRESHOLD, kOwnMappingBytes);
  using reelbatch::app::LastWords;
  try {
    return reelbatch::app::Program(std::vector<std::string>(argv, argv + argc),
                                   reelbatch::engine::Catalog::Builtin());
  } catch (const std::bad_alloc&) {
    return LastWords("out of memory; give less with --max-memory or --videos-in-flight");
  } catch (const std::exception& error) {
    return LastWords(error.what());
  }
}
