# Compiler options every room shares, as the interface target `reelbatch_options`.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # ccache trusts precompiled headers (cmake/ReelbatchPrecompiled.cmake) only where it is told to.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE_PROGRAM}")
endif()

set(REELBATCH_SANITIZE "" CACHE STRING "address,undefined or thread; empty for none")

add_library(reelbatch_options INTERFACE)
target_compile_features(reelbatch_options INTERFACE cxx_std_23)
target_include_directories(reelbatch_options INTERFACE "${PROJECT_SOURCE_DIR}/src")
target_compile_options(reelbatch_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  # One answer on every machine: no fused multiply-add unless a kernel asks for it by name.
  -ffp-contract=off
  # In C++23 libstdc++ 12's own std::stable_sort uses what is deprecated there; g++ keeps quiet about its own headers.
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety;-Wno-deprecated-declarations>
  # g++ 12 calls std::string's own operator+ an overlapping memcpy at -O3 (GCC bug 105651).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)
if(CMAKE_POSITION_INDEPENDENT_CODE)
  # Executables, too: CMake would give them -fPIE, and g++ takes no precompiled header that was made with -fPIC.
  target_compile_options(reelbatch_options INTERFACE -fPIC)
endif()
if(REELBATCH_SANITIZE)
  target_compile_options(reelbatch_options INTERFACE
    -fsanitize=${REELBATCH_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(reelbatch_options INTERFACE -fsanitize=${REELBATCH_SANITIZE})
endif()
target_compile_definitions(reelbatch_options INTERFACE REELBATCH_VERSION="${PROJECT_VERSION}")

# reelbatch_speed(TARGET HOT|COLD): how much a release build optimises it, beside the -O2 of all others. HOT is what looks at
# pixels and samples. COLD is what runs once a command or once a video; optimising it takes longer than it ever runs.
function(reelbatch_speed target speed)
  if(speed STREQUAL "HOT")
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O3>)
  elseif(speed STREQUAL "COLD")
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()
endfunction()
